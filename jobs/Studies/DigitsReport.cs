using System.Globalization;
using ConvLstm.Nowcast.Jobs.Pictures;
using ConvLstm.Nowcast.Studies.Digits;

namespace ConvLstm.Nowcast.Jobs.Studies;

/// <summary>The image-sequence study as a page.</summary>
internal static class DigitsReport
{
    private const int Magnified = 3;

    internal static StudyReport Of(DigitStudyResult result, DigitStudyOptions options)
    {
        var report = new StudyReport("Moving digits: the image-sequence study")
            .Text($"Digits: {result.Source}. N6: {options.N6} sequences of a moving 6, of which {result.Removed} have a transition beyond "
                + $"three standard deviations; N3: {options.N3} of a moving 3, on which nothing is trained. "
                + $"{options.Motion.Side} × {options.Motion.Side} pixels, {options.Motion.Frames} frames, noise of "
                    + $"{options.Motion.Noise.ToString(CultureInfo.InvariantCulture)} per pixel. Errors are mean squared errors per pixel "
                    + $"on [0, 1], on frames 4 and 16, which no network was trained on; the targets keep their noise.")
            .Heading("Extrapolation: the third frame from two")
            .Table(["method", "N6", "N3"], result.Extrapolation.Select(Row))
            .Note("The least possible is the error of the expected frame, given what no network sees: the clean digit, its place and its "
                + "motion. What is left is noise and what is new in the last step.");
        if (result.Best is not null)
        {
            report.Note("The best trial is the one with the least validation loss on N6; N3 has no say in it. Eight views: asked eight "
                + "times, the frames turned and mirrored, and the mean of what it draws, turned back. All else here is drawn once.")
                .Text("What was read, what came, what the best network drew, of N3:");
            Show(report, result.Side, result.Examples);
        }
        report.Heading("The search")
            .Text($"{result.Trials.Count} random choices of network and training. All of them train for {options.SecondsPerTrial:0.#} s; "
                + "by successive halving the best quarter by validation loss goes on for four times as long from where it stopped, "
                + $"and so on, {result.Rungs} rungs in all. Seconds are those of one processor core. "
                    + $"{result.Trials.Count(t => t.Outcome == DigitTrial.Collapsed)} collapsed to empty images, "
                    + $"{result.Trials.Count(t => t.Outcome == DigitTrial.Diverged)} diverged.")
            .Table(
                ["trial", "dataset", "layers", "kernels", "learning rate", "batch", "optimiser", "activation", "training loss",
                    "validation loss", "N6 error", "N3 error", "outcome", "parameters", "rung", "epochs", "steps", "seconds"],
                result.Trials.Select(Cells),
                    result.Best is null ? -1 : result.Trials.ToList().FindIndex(t => t.Number == result.Best.Number));
        if (result.Curves.Count > 0)
        {
            report.Heading("Robustness of the best network")
                .Text($"The two frames that it reads are spoiled, the target is not; {options.NoisyFrames} frames of N3.")
                .Curves("intensity of the noise", "mean squared error", [.. result.Curves.Where(c => c.Name != "missing square")
                    .Select(c => new ChartLine(c.Name, [.. c.Points.Select(p => (p.Intensity, p.Error))]))])
                .Curves("side of the missing square, pixels", "mean squared error", [.. result.Curves.Where(c => c.Name == "missing square")
                    .Select(c => new ChartLine(c.Name, [.. c.Points.Select(p => (p.Intensity, p.Error))]))]);
        }
        report.Heading("Interpolation: the frame between two")
            .Text("The same choice of layers, kernels and training, for the frame in the middle, trained for a quarter of the time of the "
                + "last rung; frame 4.")
            .Table(["method", "N6", "N3"], result.Interpolation.Select(Row));
        Show(report, result.Side, result.Interpolated);
        return report;
    }

    /// <summary>Two sequences a line.</summary>
    private static void Show(StudyReport report, int side, IReadOnlyList<DrawnTriple> drawn)
    {
        foreach (var line in drawn.Select((d, i) => (d, i)).Chunk(2))
            report.Pictures(side, Magnified, line.SelectMany(p => Pictures(p.d, p.i + 1)));
    }

    private static string[] Row(DigitRow row) =>
        [row.Method, StudyReport.Number(row.N6Error, "0.00000"), StudyReport.Number(row.N3Error, "0.00000")];

    private static string[] Cells(DigitTrial t) =>
    [
        t.Number.ToString(CultureInfo.InvariantCulture), t.Choice.Dataset, $"{t.Choice.Layers}", $"{t.Choice.Kernels}",
        t.Choice.LearningRate.ToString("0.0e0", CultureInfo.InvariantCulture),
        $"{t.Choice.Batch}", t.Choice.Optimizer, t.Choice.Activation, StudyReport.Number(t.TrainingLoss, "0.00000"),
        StudyReport.Number(t.ValidationLoss, "0.00000"),
        StudyReport.Number(t.N6Error, "0.00000"), StudyReport.Number(t.N3Error, "0.00000"), t.Outcome, $"{t.Parameters}", $"{t.Rung}",
        $"{t.Epochs}", $"{t.Steps}", StudyReport.Number(t.Seconds, "0"),
    ];

    private static IEnumerable<(string, float[])> Pictures(DrawnTriple drawn, int number) =>
        [($"{number}: read", drawn.Triple.First), ("read", drawn.Triple.Second), ("came", drawn.Triple.Target), ("drawn", drawn.Drawn)];
}
