using ConvLstm.Nowcast.Ingest.Sequences;

namespace ConvLstm.Nowcast.Methods;

/// <summary>Scans as a tensor, and what a forecast says of the scans it came from.</summary>
internal static class Scans
{
    /// <summary>The newest scans, oldest first: (T, H, W) in mm/h, NaN where not observed.</summary>
    internal static Tensor Newest(RadarSequence past, int count)
    {
        var grid = past.Grid;
        using var scope = NewDisposeScope();
        return stack(past.Frames.Skip(past.Frames.Count - count).Select(f => tensor(f.RainRate, [grid.Height, grid.Width])))
            .MoveToOuterDisposeScope();
    }

    /// <exception cref="ArgumentException">Too few scans for the method.</exception>
    internal static void CheckEnough(RadarSequence past, IForecaster forecaster)
    {
        ArgumentNullException.ThrowIfNull(past);
        if (past.Frames.Count < forecaster.ScansNeeded)
            throw new ArgumentException($"{forecaster.Method} needs {forecaster.ScansNeeded} scans, not {past.Frames.Count}.",
                nameof(past));
    }

    /// <summary>The leads of a request, one step of the input apart.</summary>
    /// <exception cref="ArgumentException">The lead is shorter than one step.</exception>
    internal static TimeSpan[] Leads(RadarSequence past, ForecastRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var count = (int)(request.Lead / past.Step);
        if (count < 1)
            throw new ArgumentException($"A lead of {request.Lead} is shorter than the step of the scans, {past.Step}.", nameof(request));
        return Enumerable.Range(1, count).Select(i => past.Step * i).ToArray();
    }

    /// <summary>The provenance of a method without a checkpoint, from the newest scans.</summary>
    internal static ForecastProvenance Provenance(string method, RadarSequence past, int scans)
    {
        var used = past.Frames.Skip(past.Frames.Count - scans).ToArray();
        return new ForecastProvenance(
            method, typeof(Scans).Assembly.GetName().Version?.ToString(3) ?? "", "",
            used.Select(f => f.ScanTime).ToArray(),
            used.Select(f => 1 - (f.RainRate.Count(float.IsNaN) / (double)f.RainRate.Length)).ToArray());
    }
}
