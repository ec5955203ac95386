using System.CommandLine;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Jobs.Pictures;
using ConvLstm.Nowcast.Jobs.Settings;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary><c>nowcast plot</c>: a forecast or the scans of a radar file as a picture.</summary>
internal static class PlotCommand
{
    private const int UsualColumns = 4;
    private const int UsualWidth = 260;
    private const double UsualThreshold = 1;

    internal static Command Create(Terminal terminal, DecodedFiles files)
    {
        var file = new Argument<string>("FILE") { Description = "A forecast file, or a radar file." };
        var outFile = new Option<string>("--out")
        {
            Description = $"The picture to write ({string.Join(", ", PictureFile.Endings)}); of several times .gif and .webp move.",
            Required = true,
        };
        var observed = new Option<string[]>("--observed")
        {
            Description = "Radar files, folders or patterns: what came true, above a forecast.", AllowMultipleArgumentsPerToken = true,
        };
        var columns = Flags.Optional("--columns",
            $"Times, from the first to the last: maps in a row ({UsualColumns} where not given), or frames of a .gif or .webp (all).", 1,
            300);
        var width = Flags.Number("--width", "Of a map, in pixels of the picture.", UsualWidth, 16, 4096);
        var threshold = Flags.Number("--threshold", "mm/h: the probability of this much stands below a forecast.", UsualThreshold, 0.01,
            500);
        var attribution = new Option<string?>("--attribution") { Description = "Whose radar data it is (setting NOWCAST_ATTRIBUTION)." };
        var command = new Command("plot", "Draw a forecast or radar scans with coasts, times, colours and scale.")
        {
            file, outFile, observed, columns, width, threshold, attribution,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(outFile) is { } picture && PictureFile.Problem(picture) is { } problem)
                result.AddError(problem);
        });
        command.SetAction((parsed, cancellation) =>
        {
            var (path, picture) = (parsed.GetRequiredValue(file), parsed.GetRequiredValue(outFile));
            OutputFile.Require("--out", picture);
            var times = parsed.GetValue(columns) ?? (PictureFile.Moves(picture) ? int.MaxValue : UsualColumns);
            var credit = parsed.GetValue(attribution) ?? NowcastSettings.Load().Attribution ?? "";
            var sheet = ReadForecast(files, path, cancellation) is { } forecast
                ? ForecastSheet.Of(forecast, files, parsed.GetValue(observed) ?? [], times, (float)parsed.GetValue(threshold), credit,
                    cancellation)
                : ForecastSheet.OfScans(files, path, times, credit, cancellation);
            var sheets = PictureFile.Moves(picture) ? sheet.Frames() : [sheet];
            PictureFile.Write(picture, sheets, parsed.GetValue(width), cancellation);
            terminal.Line(sheets.Count > 1 ? $"{picture}: {sheets.Count} frames"
                : $"{picture}: {sheet.Rows.Count} × {sheet.Rows[0].Count} maps");
            return Task.FromResult(CommandLine.Done);
        });
        return command;
    }

    private static RainForecast? ReadForecast(DecodedFiles files, string path, CancellationToken cancellation)
    {
        using var forecast = files.FindForecast(path, cancellation);
        return forecast?.Read(cancellation);
    }
}
