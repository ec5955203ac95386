using System.Globalization;
using ConvLstm.Nowcast.Jobs.Studies;
using ConvLstm.Nowcast.Studies.Frames;

namespace ConvLstm.Nowcast.Jobs.Commands.Study;

/// <summary>What the studies of videos show alike.</summary>
internal static class VideoReport
{
    internal static readonly string[] Columns =
        ["method", "parameters", "epochs", "steps", "seconds", "MSE", "MAE", "SSIM", "PSNR, dB", "frames/s"];

    /// <summary>Errors are sums over the pixels of a frame, as in the tables of OpenSTL.</summary>
    internal static string[] Cells(VideoRow row, int pixels) =>
    [
        row.Network, $"{row.Parameters}", $"{row.Epochs}", $"{row.Steps}", StudyReport.Number(row.Seconds, "0"),
        StudyReport.Number(row.Scores.Mse * pixels, "0.00"),
        StudyReport.Number(row.Scores.Mae * pixels, "0.00"), StudyReport.Number(row.Scores.Ssim),
        StudyReport.Number(row.Scores.Psnr, "0.00"), StudyReport.Number(row.FramesPerSecond, "0"),
    ];

    internal static void Print(Terminal terminal, VideoStudyResult result, int pixels)
    {
        foreach (var row in result.Rows)
            terminal.Line(string.Create(CultureInfo.InvariantCulture,
                $"{row.Network,-20} MSE {row.Scores.Mse * pixels,8:0.00}  MAE {row.Scores.Mae * pixels,8:0.00}  "
                + $"SSIM {row.Scores.Ssim:0.0000}  PSNR {row.Scores.Psnr:0.00}"
                + $"{(double.IsFinite(row.FramesPerSecond) ? $"  {row.FramesPerSecond:0} frames/s" : "")}"));
    }

    internal static StudyReport Pictures(StudyReport report, VideoStudyResult result, int width, int magnified)
    {
        report.Heading("The first test sequence").Pictures(width, magnified, result.Past.Select((f, i) => ($"read {i + 1}", f)))
            .Pictures(width, magnified, result.Truth.Select((f, i) => ($"truth {i + 1}", f)));
        foreach (var drawn in result.Drawn)
            report.Note($"{drawn.Network}:").Pictures(width, magnified, drawn.Frames.Select((f, i) => ($"{i + 1}", f)));
        return report;
    }
}
