namespace ConvLstm.Nowcast.Ingest.Formats.Cf;

/// <summary>Longitudes from 0 to 360 or across the date line as one axis that begins between −180 and 180.</summary>
internal static class Longitudes
{
    internal static RegularAxis Fit(string name, double[] degrees, bool isSingle)
    {
        for (var i = 1; i < degrees.Length; i++)
        {
            if (degrees[i] - degrees[i - 1] < -180)
                degrees[i] += 360;
            else if (degrees[i] - degrees[i - 1] > 180)
                degrees[i] -= 360;
        }
        var axis = RegularAxis.Fit(name, degrees, 1, isSingle);
        var turns = Math.Floor((axis.LowEdge + 180) / 360);
        // Rounded again, because the turn brings back what rounding took away.
        return turns == 0 ? axis : axis with { LowEdge = RegularAxis.Round(axis.LowEdge - (360 * turns), axis.Spacing, isSingle ? 3 : 6) };
    }
}
