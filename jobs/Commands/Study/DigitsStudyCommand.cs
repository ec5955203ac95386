using System.CommandLine;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Studies;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Studies.Digits;
using ConvLstm.Nowcast.Studies.Search;

namespace ConvLstm.Nowcast.Jobs.Commands.Study;

/// <summary><c>nowcast study digits</c>: the image-sequence study.</summary>
internal static class DigitsStudyCommand
{
    private const string WeightsName = "best.safetensors";

    internal static Command Create(Terminal terminal)
    {
        var usual = new DigitStudyOptions();
        var (outFolder, quick, seed) = (StudyCommand.Out("digits"), StudyCommand.Quick(), StudyCommand.Seed());
        var mnist = new Option<string?>("--mnist")
        {
            Description = "The folder of the IDX files of MNIST; built-in strokes where not given.",
        };
        var trials = Flags.Optional("--trials", $"Trials of the random search, {usual.Trials} where not given; those that are done stay.",
            1, 100_000);
        var seconds = Flags.Optional("--seconds",
            $"Of one processor core that each trial trains, {usual.SecondsPerTrial:0} where not given; the best quarter goes on for four "
                + "times as long, and so on.", 0.1, 1e6);
        var layers = Flags.Optional("--most-layers", $"The search goes up to this many layers, {usual.Space.MostLayers} where not given.",
            1, 7);
        var kernels = Flags.Optional("--most-kernels",
            $"The search goes up to this many kernels, {usual.Space.MostKernels} where not given.", 1, 100);
        var test = new Option<string?>("--test")
        {
            Description = "A NetCDF file with frames(sequence, time, y, x): score the best model of --out on it, after the search where "
                + "there is none.",
        };
        var command = new Command("digits", "Random search over ConvLSTM networks that draw the next frame of a moving digit.")
        {
            outFolder, quick, seed, mnist, trials, seconds, layers, kernels, test,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var given = parsed.GetValue(test) is string file ? GivenSequences.Read(file) : default;
            var folder = StudyCommand.Folder(parsed.GetRequiredValue(outFolder));
            var best = Path.Combine(folder, WeightsName);
            if (given.Triples is null || !File.Exists(best))
            {
                var start = parsed.GetValue(quick) ? DigitStudyOptions.Quick : usual;
                var options = start with
                {
                    Trials = parsed.GetValue(trials) ?? start.Trials,
                    SecondsPerTrial = parsed.GetValue(seconds) ?? start.SecondsPerTrial,
                    Space = new(parsed.GetValue(layers) ?? start.Space.MostLayers, parsed.GetValue(kernels) ?? start.Space.MostKernels),
                    Seed = parsed.GetValue(seed),
                };
                IDigits digits = parsed.GetValue(mnist) is string path ? IdxDigits.Open(path) : new StrokeDigits();
                await SearchAsync(terminal, options, digits, folder, best, cancellation);
            }
            if (given.Triples is not null)
                Test(terminal, best, given.Triples, given.Side, cancellation);
            return CommandLine.Done;
        });
        return command;
    }

    private static async Task SearchAsync(Terminal terminal, DigitStudyOptions options, IDigits digits, string folder, string best,
        CancellationToken cancellation)
    {
        var study = new DigitStudy(options, digits, Path.Combine(folder, "trials"), new ProcessorTime());
        var result = await terminal.ProgressAsync("digits", report => Task.Run(() => study.Run(report, cancellation), cancellation));
        if (result.Best is not null)
            File.Copy(study.WeightsOf(result.Best), best, overwrite: true);
        foreach (var row in result.Extrapolation)
            terminal.Line(FormattableString.Invariant($"{row.Method,-38} N6 {row.N6Error:0.00000}   N3 {row.N3Error:0.00000}"));
        terminal.Line($"{result.Trials.Count(t => t.Outcome == DigitTrial.Collapsed)} of {result.Trials.Count} trials collapsed, "
            + $"{result.Trials.Count(t => t.Outcome == DigitTrial.Diverged)} diverged");
        StudyCommand.Write(terminal, folder, DigitsReport.Of(result, options), new
        {
            result.Source, options, result.Removed, result.Best, result.Extrapolation, result.Interpolation, result.Trials,
            curves = result.Curves.Select(c => new { c.Name, points = c.Points.Select(p => new[] { p.Intensity, p.Error }) }),
        });
    }

    /// <exception cref="ReportedException">Every trial failed, so there is no model.</exception>
    private static void Test(Terminal terminal, string best, IReadOnlyList<FrameTriple> triples, int side, CancellationToken cancellation)
    {
        if (!File.Exists(best))
            throw new ReportedException($"{best} is not there, as no trial learned anything: give more --trials or --seconds.");
        using var scope = NewDisposeScope();
        using var checkpoint = Checkpoint.Load(best, CPU);
        terminal.Line($"{triples.Count} sequences of {side} × {side}, mean squared error per pixel on [0, 1]:");
        Say("model", FramePredictor.Draw(checkpoint.Network, triples, side, cancellation));
        Say("model, eight views", EightViews.Draw(checkpoint.Network, triples, side, cancellation));
        Say("persistence", FramePredictor.Persistence(triples));
        Say("linear extrapolation", FramePredictor.Extrapolated(triples));

        void Say(string method, IReadOnlyList<float[]> drawn) =>
            terminal.Line(FormattableString.Invariant($"{method,-20} {FramePredictor.Error(drawn, triples):0.000000}"));
    }
}
