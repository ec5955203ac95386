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

    /// <summary>
    /// The mean of the distribution, rounded as rates are, known just where they are: there the rate stands in for a mean that is not
    /// finite.
    /// </summary>
    /// <param name="mean">mm/h.</param>
    /// <param name="rates">Of <see cref="Rates"/>.</param>
    public static float[] Means(float[] mean, float[] rates)
    {
        var means = Rates(mean);
        for (var i = 0; i < means.Length; i++)
            means[i] = float.IsNaN(rates[i]) || float.IsNaN(means[i]) ? rates[i] : means[i];
        return means;
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
