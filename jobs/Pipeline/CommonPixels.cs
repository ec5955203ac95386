using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Methods;

namespace ConvLstm.Nowcast.Jobs.Pipeline;

/// <summary>
/// The pixels on which the runs of an issue time are compared: those of the mask "common" of <c>nowcast evaluate</c>,
/// observed and reached by air that a radar has seen, which is where extrapolation says something. A run that says nothing
/// of such a pixel is taken to say that it stays dry. Without an extrapolation, the pixels of which all runs say something.
/// </summary>
internal static class CommonPixels
{
    /// <param name="scan">What was observed.</param>
    /// <param name="maps">One map of each run, all of the scan's time.</param>
    internal static bool[] Of(RadarFrame scan, IReadOnlyList<RainForecast> maps)
    {
        var extrapolation = maps.Where(map => map.Provenance.Method == Extrapolation.Name).Take(1).ToList();
        var deciding = (extrapolation.Count > 0 ? extrapolation : maps).Select(map => map.RainRate[0]).ToList();
        var common = new bool[scan.RainRate.Length];
        for (var i = 0; i < common.Length; i++)
            common[i] = !float.IsNaN(scan.RainRate[i]) && deciding.TrueForAll(rate => !float.IsNaN(rate[i]));
        return common;
    }

    /// <summary>Rates or probabilities with 0 for what is not said.</summary>
    internal static float[] DryWhereSilent(float[] values) => Array.ConvertAll(values, value => float.IsNaN(value) ? 0 : value);
}
