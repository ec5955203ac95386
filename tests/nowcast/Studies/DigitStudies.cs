using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.NetCdf;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Studies.Digits;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Studies;

public sealed class DigitStudies
{
    private static readonly DigitMotion Motion = new();

    [Fact]
    public void TheSameSeedGivesTheSameSequencesAndMoreOfThemChangeNothing()
    {
        var (few, many) = (Some(3), Some(5));
        Assert.Equal(few.Frames[2][15], many.Frames[2][15]);
        Assert.All(many.Frames, f => Assert.Equal(16, f.Length));
        Assert.All(many.Frames.SelectMany(f => f), f => Assert.True(f.Length == 36 * 36 && f.Min() >= 0 && f.Max() <= 1 && f.Max() > 0.5));
        Assert.NotEqual(many.Frames[0][0], many.Frames[1][0]);
    }

    [Fact]
    public void AllTenDigitsHaveInkInTheMiddleAndDiffer()
    {
        var digits = Enumerable.Range(0, 10).Select(d => new StrokeDigits().Draw(d, new Random(1))).ToList();
        Assert.All(digits, d => Assert.InRange(d.Average(), 0.03, 0.4));
        Assert.Equal(10, digits.Select(d => string.Join(' ', d)).Distinct().Count());
    }

    [Fact]
    public void HeldOutFramesAreNeverTrainedOn()
    {
        var sequences = Some(20);
        var data = new DigitData(sequences, Motion);
        foreach (var task in Enum.GetValues<DigitTask>())
        {
            var training = data.Training(DigitData.Base, task);
            var seen = training.Training.Concat(training.Validating).SelectMany(t => new[] { t.First, t.Second, t.Target }).ToHashSet();
            foreach (var frames in sequences.Frames)
            {
                Assert.DoesNotContain(frames[3], seen);
                Assert.DoesNotContain(frames[15], seen);
            }
            // Ten runs of three in each of the 18 sequences that are not for validation.
            Assert.Equal(180, training.Training.Count);
        }
        Assert.Equal(40, data.HeldOut(DigitTask.Extrapolation).Count);
        Assert.Equal(20, data.HeldOut(DigitTask.Interpolation).Count);
    }

    [Fact]
    public void ASequenceThatJumpsIsRemoved()
    {
        var sequences = Some(40);
        // A digit that is suddenly half a frame further up.
        for (var t = 8; t < 16; t++)
            sequences.Frames[30][t] = [.. sequences.Frames[30][t].Skip(18 * 36), .. sequences.Frames[30][t].Take(18 * 36)];
        var data = new DigitData(sequences, Motion);
        var kept = data.Training(DigitData.Filtered, DigitTask.Extrapolation).Training.Select(t => t.Target).ToHashSet();

        Assert.DoesNotContain(sequences.Frames[30][6], kept);
        // The few that stand out: most walks are usual.
        Assert.InRange(data.Removed, 1, 4);
    }

    [Fact]
    public void DenoisedTargetsAreCloserToTheCleanFrames()
    {
        var (noisy, clean) = (Some(3), DigitSequences.Make(new StrokeDigits(), 6, 3, Motion with { Noise = 0 }, 1));
        var means = new NonLocalMeans(1.2 * Motion.Noise, 7, 13);
        // Noise is drawn after the walk, frame by frame, so only first frames are of the same place.
        var (before, after) = (Error(noisy.Frames[0][0], clean.Frames[0][0]),
            Error(means.Denoise(36, noisy.Frames[0][0]), clean.Frames[0][0]));
        Assert.True(after < 0.7 * before, $"{after} against {before}");
    }

    [Fact]
    public void NoForecastIsBetterThanThePerfectOne()
    {
        var sequences = Some(12);
        var held = new DigitData(sequences, Motion).HeldOut(DigitTask.Extrapolation);
        var perfect = Enumerable.Range(0, 12)
            .SelectMany(s => DigitData.HeldOutFrames.Select(t => PerfectForecast.Of(new StrokeDigits(), 6, Motion, 1, s, t))).ToList();

        var least = FramePredictor.Error(perfect, held);

        Assert.InRange(least, Motion.Noise * Motion.Noise / 3, 0.6 * FramePredictor.Error(FramePredictor.Persistence(held), held));
        // Where nothing is new and nothing is noise, nothing is left.
        var still = Motion with { Turn = 1e-9, Shift = 1e-9, Fade = 1e-9, Noise = 0 };
        var seen = DigitSequences.Make(new StrokeDigits(), 6, 1, still, 1).Frames[0][3];
        Assert.True(Error(PerfectForecast.Of(new StrokeDigits(), 6, still, 1, 0, 3), seen) < 1e-6);
    }

    [Fact]
    public void EmptyImagesAreRecognisedAsCollapsed()
    {
        var triples = new DigitData(Some(4), Motion).HeldOut(DigitTask.Extrapolation);
        Assert.True(FramePredictor.Collapsed([.. triples.Select(t => new float[t.Target.Length])], triples));
        Assert.True(FramePredictor.Collapsed([.. triples.Select(t => Enumerable.Repeat(0.2f, t.Target.Length).ToArray())], triples));
        Assert.False(FramePredictor.Collapsed(FramePredictor.Persistence(triples), triples));
    }

    [Fact]
    public void NoiseMakesErrorsGrow()
    {
        using var scope = NewDisposeScope();
        // A network that is persistence: residual, its head all zero.
        using var network = NetworkRegistry.Create(new() { Network = EncoderForecaster.Name, Hidden = [2], Patch = 1 });
        var triples = new DigitData(Some(3), Motion).HeldOut(DigitTask.Extrapolation);
        var clean = FramePredictor.Error(FramePredictor.Persistence(triples), triples);

        var curves = NoiseCurves.Of(network, triples, 36, 5, TestContext.Current.CancellationToken);

        Assert.Equal(["Gaussian", "Poisson", "salt and pepper", "missing square"], curves.Select(c => c.Name));
        Assert.All(curves, c => Assert.True(c.Points[^1].Error > 1.2 * clean, $"{c.Name}: {c.Points[^1].Error} against {clean}"));
        Assert.Equal(clean, curves[3].Points[0].Error, 1e-6);
        Assert.Equal(37, curves[3].Points.Count);
    }

    [Fact]
    public void AStudyGoesOnWhereItStopped()
    {
        using var folder = new TemporaryFolder();
        var options = new DigitStudyOptions
        {
            N6 = 24, N3 = 6, Trials = 1, SecondsPerTrial = 0.5, Space = new(1, 2), Intensities = 2, NoisyFrames = 2,
        };
        DigitStudy Study(int trials) => new(options with { Trials = trials }, new StrokeDigits(), folder.Path, TimeProvider.System);
        Study(1).Run((_, _) => { }, TestContext.Current.CancellationToken);
        var first = File.ReadAllText(folder.File("trial-0001.json"));

        var result = Study(2).Run((_, _) => { }, TestContext.Current.CancellationToken);

        Assert.Equal(first, File.ReadAllText(folder.File("trial-0001.json")));
        Assert.Equal([1, 2], result.Trials.Select(t => t.Number));
        Assert.Equal(["persistence", "linear extrapolation", "the least possible"], result.Extrapolation.Take(3).Select(r => r.Method));
        // Whichever was better went on from where it stopped.
        if (result.Best is { } best)
            Assert.Equal((2, true), (best.Rung,
                File.Exists(folder.File(FormattableString.Invariant($"rung-2/trial-{best.Number:0000}.safetensors")))));
        Assert.Contains("other settings", Assert.Throws<ReportedException>(() => new DigitStudy(options with { N6 = 25 },
            new StrokeDigits(), folder.Path, TimeProvider.System)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ChoicesOfNeighbouringTrialsHaveNothingToDoWithEachOther()
    {
        // The place of each learning rate in its range, and how far it is to the next one's, around the circle.
        double[] places = [.. Enumerable.Range(1, 400)
            .Select(n => Math.Log(DigitChoice.Draw(new(), Nowcast.RandomStream.Of(1, n)).LearningRate / 1e-5) / Math.Log(1e4))];
        double[] steps = [.. places.Zip(places.Skip(1), (a, b) => (b - a + 1) % 1)];

        foreach (var values in new[] { places, steps })
        {
            for (var tenth = 0; tenth < 10; tenth++)
                Assert.InRange(values.Count(v => v >= tenth / 10.0 && v < (tenth + 1) / 10.0), 20, 62);
        }
    }

    [Fact]
    public void IdxFilesAreReadAndOthersRefused()
    {
        using var folder = new TemporaryFolder();
        byte[] Header(int magic, params int[] sizes) =>
            [.. new[] { magic }.Concat(sizes).SelectMany(n => BitConverter.GetBytes(n).Reverse())];
        File.WriteAllBytes(folder.File("train-images-idx3-ubyte"),
            [.. Header(0x803, 2, 28, 28), .. Enumerable.Repeat((byte)51, 784), .. Enumerable.Repeat((byte)255, 784)]);
        File.WriteAllBytes(folder.File("train-labels-idx1-ubyte"), [.. Header(0x801, 2), 3, 6]);

        var digits = IdxDigits.Open(folder.Path);

        Assert.Equal(0.2f, digits.Draw(3, new Random(1))[5]);
        Assert.Equal(1f, digits.Draw(6, new Random(1))[5]);
        Assert.Throws<ReportedException>(() => digits.Draw(4, new Random(1)));
        File.WriteAllBytes(folder.File("train-labels-idx1-ubyte"), [1, 2, 3]);
        Assert.Throws<ReportedException>(() => IdxDigits.Open(folder.Path));
        Assert.Throws<ReportedException>(() => IdxDigits.Open(folder.File("none")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(255)]
    public void GivenSequencesAreReadFromNetCdfInBothRanges(int range)
    {
        using var folder = new TemporaryFolder();
        using (var file = NetCdfFile.Create(folder.File("s.nc")))
        {
            var dimensions = new[] { ("sequence", 2), ("time", 3), ("y", 4),
                ("x", 4) }.Select(d => file.Root.DefineDimension(d.Item1, d.Item2)).ToArray();
            var variable = file.Root.DefineVariable("frames", NetCdfType.Float32, dimensions);
            file.EndDefinitions();
            variable.Write<float>([.. Enumerable.Range(0, 96).Select(i => range * i / 96f)]);
        }

        var (triples, side) = GivenSequences.Read(folder.File("s.nc"));

        Assert.Equal((2, 4), (triples.Count, side));
        Assert.Equal(47 / 96f, triples[0].Target[15], 1e-5);
    }

    private static DigitSequences Some(int count) => DigitSequences.Make(new StrokeDigits(), 6, count, Motion, 1);

    private static double Error(float[] a, float[] b) => a.Zip(b, (x, y) => Math.Pow(x - y, 2)).Average();
}
