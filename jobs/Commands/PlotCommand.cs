using System.CommandLine;
using ConvLstm.Nowcast.Files;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.NetCdf;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Jobs.Web.Frames;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary><c>nowcast plot</c>: a forecast or the scans of a radar file as a picture.</summary>
internal static class PlotCommand
{
    private const int UsualColumns = 6;
    private const int UsualWidth = 200;
    private const double UsualThreshold = 1;

    internal static Command Create(Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "A forecast file, or a radar file." };
        var outFile = new Option<string>("--out") { Description = "The picture to write (.png).", Required = true };
        var observed = new Option<string[]>("--observed") { Description = "Radar files, folders or patterns: what came true, in a row above a forecast.", AllowMultipleArgumentsPerToken = true };
        var columns = Flags.Number("--columns", "Maps in a row, from the first to the last.", UsualColumns, 1, 60);
        var width = Flags.Number("--width", "Of a map, in pixels of the picture.", UsualWidth, 16, 4096);
        var threshold = Flags.Number("--threshold", "mm/h: the probability of this much is the last row of a forecast.", UsualThreshold, 0.01, 500);
        var command = new Command("plot", "Draw a forecast or radar scans as a PNG picture.") { file, outFile, observed, columns, width, threshold };
        command.SetAction((parsed, cancellation) =>
        {
            var (path, picture) = (parsed.GetRequiredValue(file), parsed.GetRequiredValue(outFile));
            OutputFile.Require("--out", picture);
            var rows = IsForecast(path)
                ? ForecastRows(ForecastFile.Read(path), parsed.GetValue(observed) ?? [], parsed.GetValue(columns), (float)parsed.GetValue(threshold), cancellation)
                : [Scans(path, parsed.GetValue(columns))];
            var panels = new Panels(parsed.GetValue(width));
            File.WriteAllBytes(picture, panels.Draw(rows));
            terminal.Line($"{picture}: {rows.Count} × {rows[0].Maps.Count} maps");
            return Task.FromResult(CommandLine.Done);
        });
        return command;
    }

    /// <summary>Scans have no lead time.</summary>
    private static bool IsForecast(string path)
    {
        using var file = NetCdfFile.Open(path);
        return file.Root.FindVariable("forecast_period") is not null;
    }

    private static List<PanelRow> ForecastRows(RainForecast forecast, string[] observed, int columns, float threshold, CancellationToken cancellation)
    {
        var leads = Spread(forecast.LeadTimes.Count, columns);
        var rows = new List<PanelRow>();
        if (observed.Length > 0)
        {
            var scans = RadarArchive.Open(observed, cancellation: cancellation).Scans.Where(s => s.Grid.CoversTheSame(forecast.Grid)).ToDictionary(s => s.ValidTime);
            rows.Add(new(forecast.Grid, FrameKind.Rate, [.. leads.Select(lead => scans.TryGetValue(forecast.ValidTime(lead), out var scan)
                ? scan.Read().RainRate
                : throw new ReportedException($"--observed has no scan of {forecast.ValidTime(lead):yyyy-MM-ddTHH:mm:ssZ} on the grid of the forecast: give the hour after its issue time, or leave it out."))]));
        }
        rows.Add(new(forecast.Grid, FrameKind.Rate, [.. leads.Select(lead => forecast.RainRate[lead])]));
        var rung = forecast.Thresholds.ToList().FindIndex(t => Math.Abs(t - threshold) < 1e-4);
        if (rung >= 0)
            rows.Add(new(forecast.Grid, FrameKind.Percent, [.. leads.Select(lead => Array.ConvertAll(forecast.ExceedanceProbability[rung][lead], p => p * 100))]));
        return rows;
    }

    private static PanelRow Scans(string path, int columns)
    {
        using var file = RadarFormats.Open(path);
        return new(file.Grid, FrameKind.Rate, [.. Spread(file.ValidTimes.Count, columns).Select(i => file.Read(i).RainRate)]);
    }

    /// <summary>So many of a count, evenly, the last among them.</summary>
    private static int[] Spread(int count, int most) =>
        [.. Enumerable.Range(1, Math.Min(count, most)).Select(i => (i * count / Math.Min(count, most)) - 1)];
}
