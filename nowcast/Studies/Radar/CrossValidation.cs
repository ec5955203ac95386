using System.Globalization;
using System.Text.Json;
using ConvLstm.Nowcast.Evaluation;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Training;
using ConvLstm.Nowcast.Training;

namespace ConvLstm.Nowcast.Studies.Radar;

/// <summary>How a cross-validation goes about it.</summary>
public sealed record CrossValidationOptions
{
    /// <summary>The training of each fold.</summary>
    public CascadeTrainingOptions Training { get; init; } = new();

    /// <summary>Situations scored of each series, evenly.</summary>
    public int Cases { get; init; } = 2;

    /// <summary>Methods beside the network.</summary>
    public IReadOnlyList<string> Methods { get; init; } = [Persistence.Name, Extrapolation.Name, Sprog.Name, Anvil.Name, Steps.Name];

    /// <summary>
    /// What stands for the number of the part, or for <see cref="CrossValidation.AllEvents"/>, in the name of a checkpoint.
    /// </summary>
    public const string Part = "{part}";

    /// <summary>
    /// A checkpoint that is scored beside, such as the shipped one, which may have seen the events; one for each part where its name has
    /// <see cref="Part"/>; null for none.
    /// </summary>
    public string? Beside { get; init; }

    /// <summary>
    /// A checkpoint of a Lagrangian network to be pooled with the cascade network: the pool is then the model, and the cascade network
    /// stands beside it; one for each part, which has not seen its events, where its name has <see cref="Part"/>; null for none.
    /// </summary>
    public string? Pool { get; init; }

    /// <summary>Parts that the events are dealt to, each forecast by a network trained on the others; 0 for a part of each event.</summary>
    public int Folds { get; init; }

    /// <summary>Stops after the pixels were collected.</summary>
    public bool CollectOnly { get; init; }
}

/// <summary>
/// Leave one event out (Wilks 2019, section 7.4.4): each event is forecast by a network that was trained on all others and by the
/// classical methods. What was done is kept in a folder, so that a run that was stopped goes on where it was; to begin anew, or with
/// other data, take another folder.
/// </summary>
public sealed class CrossValidation(CrossValidationOptions options, TimeProvider time)
{
    /// <param name="series">The archive.</param>
    /// <param name="folder">For pixels, weights and scores.</param>
    /// <param name="progress">Told the part done and what is being done.</param>
    /// <param name="cancellation">Stops between two steps; what was done stays.</param>
    /// <exception cref="ReportedException">The archive is one event, or has no situation with enough scans before and after.</exception>
    public IReadOnlyList<CaseScores> Run(IReadOnlyList<ScanSeries> series, string folder, Action<double, string> progress,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(progress);
        using var scope = NewDisposeScope();
        var events = WeatherEvents.Of(series);
        var count = events.Max() + 1;
        if (count < 2)
            throw new ReportedException(
                "All scans are less than half a day apart, which is one event: a cross-validation needs two or more.");
        var training = new CascadeModelTraining(options.Training, time);
        var files = training.Collect(series, Directory.CreateDirectory(Path.Combine(folder, "pixels")).FullName,
            (part, what) => progress(part * 0.3, what), cancellation);
        if (options.CollectOnly)
            return [];
        var folds = options.Folds > 0 ? Math.Min(options.Folds, count) : count;
        var cases = new List<CaseScores>();
        for (var fold = 0; fold < folds; fold++)
        {
            var (left, done) = (fold, 0.3 + (0.6 * fold / folds));
            var name = string.Create(CultureInfo.InvariantCulture, $"without-{fold:00}-of-{folds}");
            var path = Trained(name, [.. files.Where(f => f.Event % folds != left)], new Dictionary<string, double>(), done);
            var kept = Directory.CreateDirectory(Path.Combine(folder, "cases")).FullName;
            for (var weather = fold; weather < count; weather += folds)
                cases.AddRange(Score(series, events, (weather, left), path, kept, what => progress(done, what), cancellation));
        }
        var all = Trained(AllEvents, files, options.Pool is null ? Ratios(cases) : new Dictionary<string, double>(), 0.9);
        if (options.Pool is not null)
            PooledModel.Write(Of(options.Pool, AllEvents), all, PooledOf(all), Ratios(cases), time.GetUtcNow());
        return cases;

        string Trained(string name, IReadOnlyList<CascadeModelTraining.PixelFile> on, IReadOnlyDictionary<string, double> known,
            double done)
        {
            var path = Path.Combine(folder, name + Weights);
            if (!File.Exists(path))
            {
                void Show(TrainingProgress p) =>
                    progress(done, FormattableString.Invariant($"{name}: step {p.Step}, loss {p.TrainingLoss:0.0000}"));
                training.Train(series, on, path, options.Training.MemorySteps > 0 ? HeadOf(path) : null, known, Show, cancellation);
            }
            return path;
        }
    }

    /// <summary>The network over the best classical method, score by score, for the metadata of the weights that see all events.</summary>
    private static Dictionary<string, double> Ratios(IReadOnlyList<CaseScores> cases) =>
        CrossValidationTable.Of(cases).Where(row => double.IsFinite(row.Ratio))
            .ToDictionary(row => $"crossval {row.Score}, over the best classical", row => row.Ratio);

    /// <summary>The name of the weights that were trained on all events, whose scores are those of the cross-validation.</summary>
    public const string AllEvents = "all";

    /// <summary>The network without its ConvLSTM, as a method beside the whole.</summary>
    public const string Head = "head";

    /// <summary>The checkpoint of <see cref="CrossValidationOptions.Beside"/>, as a method.</summary>
    public const string Beside = "beside";

    /// <summary>The network without the one of <see cref="CrossValidationOptions.Pool"/>, as a method beside both.</summary>
    public const string Alone = "cascade";

    private const string Weights = ".safetensors";

    /// <summary>Where the head of a network is kept alone.</summary>
    private static string HeadOf(string path) => path[..^Weights.Length] + ".head" + Weights;

    /// <summary>Where a network pooled with another is kept.</summary>
    private static string PooledOf(string path) => path[..^Weights.Length] + ".pooled" + Weights;

    /// <summary>The checkpoint of a part.</summary>
    private static string Of(string checkpoint, string part) =>
        checkpoint.Replace(CrossValidationOptions.Part, part, StringComparison.Ordinal);

    /// <summary>A fold's network and the one that it is to be pooled with, together; null where there is none.</summary>
    private Checkpoint? Pooled(string model, string part)
    {
        if (options.Pool is null)
            return null;
        PooledModel.Write(Of(options.Pool, part), model, PooledOf(model), new Dictionary<string, double>(), time.GetUtcNow());
        return Checkpoint.Load(PooledOf(model), CPU);
    }

    private IEnumerable<CaseScores> Score(
        IReadOnlyList<ScanSeries> series, IReadOnlyList<int> events, (int Event, int Part) scored, string model, string folder,
            Action<string> progress, CancellationToken cancellation)
    {
        var (weather, part) = (scored.Event, scored.Part.ToString(CultureInfo.InvariantCulture));
        using var alone = Checkpoint.Load(model, CPU);
        using var head = options.Training.MemorySteps > 0 ? Checkpoint.Load(HeadOf(model), CPU) : null;
        using var beside = options.Beside is null ? null : Checkpoint.Load(Of(options.Beside, part), CPU);
        using var pooled = Pooled(model, part);
        (string Name, Checkpoint? Checkpoint)[] networks =
            [(Beside, beside), (Head, head), (Alone, pooled is null ? null : alone), (ModelForecast.Name, pooled ?? alone)];
        var methods = new ForecastMethods();
        foreach (var (name, checkpoint) in networks.Where(n => n.Checkpoint is not null))
            methods.Add(name, () => new ModelForecast(checkpoint!));
        string[] names = [.. options.Methods, .. networks.Where(n => n.Checkpoint is not null).Select(n => n.Name)];
        var cache = new FrameCache(CascadeModelTraining.CacheBytes);
        for (var i = 0; i < series.Count; i++)
        {
            if (events[i] != weather)
                continue;
            var situations = Situations.Of([series[i]], [weather], series[i].Step, severalSteps: false).ToList();
            for (var n = 0; n < Math.Min(options.Cases, situations.Count); n++)
            {
                var situation = situations[situations.Count * n / Math.Min(options.Cases, situations.Count)];
                var issued = series[i].TimeOf(situation.Newest);
                progress($"event {weather + 1}: {series[i].Grid.Name}, {issued:yyyy-MM-dd HH:mm}");
                var name = string.Create(CultureInfo.InvariantCulture, $"{i:00}-{situation.Newest:000}");
                var one = new Lazy<ScoredSituation>(() => ScoredSituation.Of(situation, options.Training.Window, cache, cancellation));
                var scores = names.ToDictionary(m => m, m => Kept(Path.Combine(folder, $"{name}-{m}.json"),
                    () => one.Value.Score(methods.Make(m), cancellation)), StringComparer.Ordinal);
                yield return new(weather, series[i].Grid.Name, issued, situation.Series.Step.TotalMinutes, scores);
            }
        }
    }

    /// <summary>Scores out of a file, or made and kept there.</summary>
    private static IReadOnlyList<LeadSums> Kept(string file, Func<IReadOnlyList<LeadSums>> make)
    {
        if (!File.Exists(file))
            WholeFile.Write(file, JsonSerializer.Serialize(make(), ScoreJson.Format));
        return JsonSerializer.Deserialize<IReadOnlyList<LeadSums>>(File.ReadAllText(file), ScoreJson.Format)!;
    }
}
