using System.Numerics;
using ConvLstm.Nowcast.Storage.Rasters;

namespace ConvLstm.Nowcast.Storage.Publishing;

/// <summary>The fields of a forecast as they are stored.</summary>
internal static class ForecastFields
{
    private const float StepsPerMmH = 100;

    /// <summary>Rounded to 0.01 mm/h, as in the forecast file; NaN for what is not finite or negative, which the checks report.</summary>
    public static float[] Rates(float[] field)
    {
        var rates = GC.AllocateUninitializedArray<float>(field.Length);
        var i = 0;
        for (; i <= field.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var values = new Vector<float>(field, i);
            var known = Vector.GreaterThanOrEqual(values, Vector<float>.Zero) & Vector.LessThan(values, new Vector<float>(float.PositiveInfinity));
            var rounded = Vector.Round(values * StepsPerMmH) / new Vector<float>(StepsPerMmH);
            Vector.ConditionalSelect(known, rounded, new Vector<float>(float.NaN)).CopyTo(rates, i);
        }
        for (; i < rates.Length; i++)
            rates[i] = field[i] >= 0 && field[i] < float.PositiveInfinity ? MathF.Round(field[i] * StepsPerMmH) / StepsPerMmH : float.NaN;
        return rates;
    }

    /// <summary>0 to 1 as whole per cent; 255 for NaN.</summary>
    public static byte[] Percent(float[] field)
    {
        var percent = GC.AllocateUninitializedArray<byte>(field.Length);
        var (i, width) = (0, Vector<float>.Count);
        for (; i <= field.Length - Vector<byte>.Count; i += Vector<byte>.Count)
        {
            var low = Vector.Narrow(Whole(field, i), Whole(field, i + width));
            var high = Vector.Narrow(Whole(field, i + (2 * width)), Whole(field, i + (3 * width)));
            Vector.Narrow(low, high).CopyTo(percent, i);
        }
        for (; i < percent.Length; i++)
            percent[i] = float.IsNaN(field[i]) ? RasterFormat.PercentNodata : (byte)((Math.Clamp(field[i], 0f, 1f) * 100f) + 0.5f);
        return percent;
    }

    private static Vector<uint> Whole(float[] field, int at)
    {
        var values = new Vector<float>(field, at);
        var percent = (Vector.Min(Vector.Max(values, Vector<float>.Zero), Vector<float>.One) * 100f) + new Vector<float>(0.5f);
        return Vector.AsVectorUInt32(Vector.ConvertToInt32(Vector.ConditionalSelect(Vector.Equals(values, values), percent, new Vector<float>(RasterFormat.PercentNodata))));
    }
}
