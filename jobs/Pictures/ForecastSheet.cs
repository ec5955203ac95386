using ConvLstm.Nowcast.Evaluation;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Jobs.Web.Frames;

namespace ConvLstm.Nowcast.Jobs.Pictures;

/// <summary>The sheet of a forecast, what came true above it and a probability below, and that of scans.</summary>
internal static class ForecastSheet
{
    /// <param name="forecast">What is drawn.</param>
    /// <param name="files">Who opens those observed.</param>
    /// <param name="observed">Radar files, folders or patterns of the hours after its issue time; none to leave them out.</param>
    /// <param name="times">At most so many maps in a row.</param>
    /// <param name="threshold">mm/h, of the probability; left out where the forecast has none of it.</param>
    /// <param name="attribution">Whose data they are.</param>
    /// <param name="cancellation">Between files.</param>
    /// <exception cref="ReportedException">A scan is missing among those observed.</exception>
    internal static MapSheet Of(RainForecast forecast, DecodedFiles files, IReadOnlyList<string> observed, int times, float threshold,
        string attribution, CancellationToken cancellation)
    {
        var leads = Spread(forecast.LeadTimes.Count, times);
        var unseen = Unseen(forecast);
        var rows = new List<IReadOnlyList<CaptionedMap>>();
        if (observed.Count > 0)
        {
            var scans = RadarArchive.Open(observed, files.Open, cancellation: cancellation).Scans
                .Where(s => s.Grid.CoversTheSame(forecast.Grid))
                .ToList();
            var came = leads.Select(lead => VerifyingScan.Of(forecast, lead, scans, s => s.ValidTime)?.Read(cancellation)
                ?? throw new ReportedException(
                    $"--observed has no scan of {forecast.ValidTime(lead):yyyy-MM-ddTHH:mm:ssZ} on the grid of the forecast: give the hour "
                        + "after its issue time, or leave it out.")).ToList();
            rows.Add([.. came.Select(scan => Rate($"observed {Clock(scan.ValidTime)}", scan.RainRate))]);
            unseen = [.. SeenPixels.Of(came)!.Cast<bool>().Select(seen => !seen)];
        }
        rows.Add([.. leads.Select(lead =>
            Told(Rate($"forecast {Clock(forecast.ValidTime(lead))}, +{forecast.LeadTimes[lead].TotalMinutes:0} min",
            forecast.RainRate[lead]), forecast, lead, unseen))]);
        var index = forecast.Thresholds.ToList().FindIndex(t => Math.Abs(t - threshold) < 1e-4);
        if (index >= 0)
        {
            rows.Add([.. leads.Select(lead => Told(new(
                FormattableString.Invariant($"chance of {threshold:0.##} mm/h {Clock(forecast.ValidTime(lead))}"), FrameKind.Percent,
                    Array.ConvertAll(forecast.ExceedanceProbability[index][lead], Percent)), forecast, lead, unseen))]);
        }
        return new($"Rain forecast ({forecast.Provenance.Method}) issued {forecast.IssueTime.UtcDateTime:yyyy-MM-dd HH:mm} UTC",
            attribution, forecast.Grid, rows);
    }

    /// <exception cref="ReportedException">The file cannot be read.</exception>
    internal static MapSheet OfScans(DecodedFiles files, string path, int times, string attribution, CancellationToken cancellation)
    {
        using var file = files.Open(path, null, cancellation);
        var shown = Spread(file.ValidTimes.Count, times);
        return new($"Rain by radar, {file.ValidTimes[shown[0]].UtcDateTime:yyyy-MM-dd HH:mm} "
            + $"UTC{(shown.Length > 1 ? $" to {Clock(file.ValidTimes[shown[^1]])}" : "")}", attribution, file.Grid,
            [[.. shown.Select(i => Rate(Clock(file.ValidTimes[i]), file.Read(i).RainRate))]]);
    }

    private static string Clock(DateTimeOffset time) => $"{time.UtcDateTime:HH:mm} UTC";

    private static CaptionedMap Rate(string caption, float[] rates) =>
        new(caption, FrameKind.Rate, Array.ConvertAll(rates, RainCode.OfRate));

    private static byte Percent(float probability) =>
        float.IsNaN(probability) ? RainCode.Unknown : RainCode.OfPercent((byte)Math.Clamp(MathF.Round(probability * 100), 0, 100));

    /// <summary>
    /// A forecast says where air comes from outside of what the radar sees: at every lead where it sees nothing, at some where it does.
    /// Scans know it better.
    /// </summary>
    private static bool[] Unseen(RainForecast forecast) => [.. Enumerable.Range(0, forecast.Grid.PixelCount).Select(pixel =>
        forecast.AirFromOutside.Count > 0 ? forecast.AirFromOutside.All(map => map[pixel])
            : forecast.RainRate.All(map => float.IsNaN(map[pixel])))];

    /// <summary>Nothing is said of the chance of rain where nothing is said of the rain.</summary>
    private static CaptionedMap Told(CaptionedMap map, RainForecast forecast, int lead, bool[] unseen)
    {
        for (var pixel = 0; pixel < map.Codes.Length; pixel++)
        {
            if (unseen[pixel])
                map.Codes[pixel] = RainCode.Unknown;
            else if (float.IsNaN(forecast.RainRate[lead][pixel]))
                map.Codes[pixel] = RainCode.FromOutside;
        }
        return map;
    }

    /// <summary>So many of a count, evenly, the last among them.</summary>
    private static int[] Spread(int count, int most) =>
        [.. Enumerable.Range(1, Math.Min(count, most)).Select(i => (int)((long)i * count / Math.Min(count, most)) - 1)];
}
