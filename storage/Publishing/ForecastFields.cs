namespace ConvLstm.Nowcast.Storage.Publishing;

/// <summary>The fields of a forecast as they are stored.</summary>
internal static class ForecastFields
{
    /// <summary>Rounded to 0.01 mm/h, as in the forecast file; NaN for what is not finite or negative, which the checks report.</summary>
    public static float[] Rates(float[] field)
    {
        var rates = new float[field.Length];
        for (var i = 0; i < rates.Length; i++)
            rates[i] = field[i] >= 0 && field[i] < float.PositiveInfinity ? MathF.Round(field[i], 2) : float.NaN;
        return rates;
    }

    /// <summary>0 to 1 as whole per cent; 255 for NaN.</summary>
    public static byte[] Percent(float[] field)
    {
        var percent = new byte[field.Length];
        for (var i = 0; i < percent.Length; i++)
            percent[i] = float.IsNaN(field[i]) ? Rasters.RasterFormat.PercentNodata : (byte)((Math.Clamp(field[i], 0f, 1f) * 100f) + 0.5f);
        return percent;
    }
}
