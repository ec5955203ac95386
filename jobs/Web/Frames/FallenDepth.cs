using ConvLstm.Nowcast.Storage.Queries;

namespace ConvLstm.Nowcast.Jobs.Web.Frames;

/// <summary>
/// How many millimetres fall from the issue time on: each map's expected rate holds for the step that ends with it, as in the SQL
/// function depth_at.
/// </summary>
internal static class FallenDepth
{
    /// <param name="maps">All leads of the run.</param>
    /// <param name="lead">The map up to whose time is summed.</param>
    /// <returns>Codes in mm; unknown where one of the maps says nothing.</returns>
    internal static byte[] Draw(PackedRun maps, int lead)
    {
        var depth = new float[maps.Grid.PixelCount];
        for (var step = 0; step <= lead; step++)
        {
            var hours = (maps.LeadSeconds[step] - (step == 0 ? 0 : maps.LeadSeconds[step - 1])) / 3600f;
            var rates = maps.Means[step];
            for (var pixel = 0; pixel < depth.Length; pixel++)
                depth[pixel] += rates[pixel] == PackedRun.Unknown ? float.NaN : rates[pixel] / 100f * hours;
        }
        return Array.ConvertAll(depth, RainCode.OfRate);
    }
}
