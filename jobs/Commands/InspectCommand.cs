using System.Buffers;
using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.Formats.Sources;
using ConvLstm.Nowcast.Ingest.Quality;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Jobs.Feed;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary><c>nowcast inspect FILE…</c>: what a radar file holds, in mm/h.</summary>
internal static class InspectCommand
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        // A PROJ string is full of plus signs; nothing here ends in HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    internal static Command Create(Terminal terminal, DecodedFiles decoded)
    {
        var files = new Argument<string[]>("FILE") { Description = "Radar files, folders or patterns.", Arity = ArgumentArity.OneOrMore };
        var json = new Option<bool>("--json") { Description = "A list of objects for programs instead of a table." };
        var source = SourceFlags.Profiles();
        var command = new Command("inspect", "Show format, grid, times, quantity and range of radar files.") { files, json, source };
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(
            terminal, decoded, parsed.GetRequiredValue(files), RadarSources.Load(parsed.GetValue(source) ?? []), parsed.GetValue(json),
                cancellation)));
        return command;
    }

    private static int Run(
        Terminal terminal, DecodedFiles decoded, string[] paths, RadarSources sources, bool json, CancellationToken cancellation)
    {
        var reports = new List<FileReport>();
        var status = CommandLine.Done;
        foreach (var (report, problem) in FilesAhead.Each(RadarPaths.Expand(paths), Look, cancellation))
        {
            if (problem is not null)
            {
                terminal.Error(problem);
                status = CommandLine.Failed;
                continue;
            }
            reports.Add(report!);
            if (!json)
                Print(terminal, report!);
        }
        if (json)
            terminal.Line(JsonSerializer.Serialize(reports, Indented));
        return status;

        (FileReport? Report, string? Problem) Look(string path)
        {
            try
            {
                return (Inspect(decoded, path, sources.For(path), cancellation), null);
            }
            catch (ReportedException e)
            {
                // The other files are worth seeing all the same.
                return (null, e.Message);
            }
        }
    }

    private static FileReport Inspect(DecodedFiles decoded, string path, RadarReadOptions options, CancellationToken cancellation)
    {
        using var file = decoded.Open(path, options, cancellation);
        var grid = file.Grid;
        var frames = new FrameReport[file.ValidTimes.Count];
        var rented = ArrayPool<float>.Shared.Rent(grid.PixelCount);
        var rainRate = rented.AsSpan(0, grid.PixelCount);
        for (var i = 0; i < frames.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            file.Read(i, rainRate);
            var summary = ScanSummary.Of(rainRate);
            frames[i] = new(
                file.ValidTimes[i].UtcDateTime, file.Leads[i] > TimeSpan.Zero ? file.Leads[i].TotalMinutes : null, summary.MinMmH,
                summary.MeanMmH, summary.MaxMmH,
                    summary.MissingShare, summary.WetShare);
        }
        ArrayPool<float>.Shared.Return(rented);
        return new(
            path, file.Format, file.Quantity.Name(), file.Units,
            new(grid.Width, grid.Height, grid.Proj, grid.PixelX, grid.PixelY, grid.OriginX, grid.OriginY), frames, file.From, file.Notes);
    }

    private static void Print(Terminal terminal, FileReport report)
    {
        var g = report.Grid;
        var unit = g.Proj.Contains("+proj=longlat", StringComparison.Ordinal) ? "°" : " m";
        terminal.Line(report.File);
        terminal.Line(FormattableString.Invariant($"  format   {report.Format}, {report.Quantity} in {report.Units}"));
        terminal.Line(string.Create(CultureInfo.InvariantCulture,
            $"  grid     {g.Width} × {g.Height} pixels of {g.PixelX:0.######} × {g.PixelY:0.######}{unit}, upper left corner at "
            + $"({g.OriginX:0.####}, {g.OriginY:0.####})"));
        terminal.Line($"  proj     {g.Proj}");
        terminal.Line($"  from     grid: {report.From.Grid}; time: {report.From.Time}; "
            + $"{report.From.Quantity}{(report.From.Period is { } period ? $"; period: {period}" : "")}");
        foreach (var note in report.Notes)
            terminal.Line($"  note     {note}");
        terminal.Line("  valid time (UTC)       min     mean      max mm/h   missing   wet");
        foreach (var f in report.Frames)
            terminal.Line(string.Create(CultureInfo.InvariantCulture,
                $"  {f.ValidTime:yyyy-MM-dd HH:mm:ss}  {Number(f.MinMmH),6}  {Number(f.MeanMmH),7}  {Number(f.MaxMmH),7}        "
                + $"{f.MissingShare,6:P1}  {f.WetShare,6:P1}"
                + $"{(f.LeadMinutes > 0 ? $"  forecast for {f.LeadMinutes:0} minutes ahead" : "")}"));
    }

    private static string Number(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-";

    private sealed record FileReport(string File, string Format, string Quantity, string Units, GridReport Grid,
        IReadOnlyList<FrameReport> Frames, ReadingRules From, IReadOnlyList<string> Notes);

    private sealed record GridReport(int Width, int Height, string Proj, double PixelX, double PixelY, double OriginX, double OriginY);

    // Minutes ahead where a service forecast it; nothing of the kind for what was observed.
    private sealed record FrameReport(
        DateTime ValidTime, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? LeadMinutes,
        double? MinMmH, double? MeanMmH, double? MaxMmH, double MissingShare, double WetShare);
}
