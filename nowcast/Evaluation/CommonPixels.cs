using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Methods;

namespace ConvLstm.Nowcast.Evaluation;

/// <summary>
/// The pixels on which forecasts of one issue time that were made already are compared: those of the mask "common" of a
/// <see cref="Hindcast"/>, observed and reached by air that a radar has seen, which is where extrapolation says something. A
/// forecast that says nothing of such a pixel is taken to say that it stays dry. Without an extrapolation, the pixels of which all say
/// something.
/// </summary>
public static class CommonPixels
{
    /// <param name="scan">What was observed.</param>
    /// <param name="forecasts">All of one issue time.</param>
    /// <param name="lead">The map of the scan's time, counted from 0.</param>
    public static bool[] Of(RadarFrame scan, IReadOnlyList<RainForecast> forecasts, int lead)
    {
        ArgumentNullException.ThrowIfNull(scan);
        var extrapolation = forecasts.Where(forecast => forecast.Provenance.Method == Extrapolation.Name).Take(1).ToList();
        var deciding = (extrapolation.Count > 0 ? extrapolation : forecasts).Select(forecast => forecast.RainRate[lead]).ToList();
        var common = new bool[scan.RainRate.Length];
        for (var i = 0; i < common.Length; i++)
            common[i] = !float.IsNaN(scan.RainRate[i]) && deciding.TrueForAll(rate => !float.IsNaN(rate[i]));
        return common;
    }

    /// <summary>Rates or probabilities with 0 for what is not said.</summary>
    public static float[] DryWhereSilent(float[] values) => Array.ConvertAll(values, value => float.IsNaN(value) ? 0 : value);
}
