using ConvLstm.Nowcast.Evaluation;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Model.Training;
using ConvLstm.Nowcast.MovingFrame;
using ConvLstm.Nowcast.Training;

namespace ConvLstm.Nowcast.Studies.Radar;

/// <summary>One budget for all networks.</summary>
public sealed record RadarStudyOptions
{
    /// <summary>
    /// What all networks have in common; each reads the parts that it knows. All draw changes of the newest scan, so that none has to
    /// learn rain itself first.
    /// </summary>
    public NetworkOptions Network { get; init; } = new() { Residual = true };

    public WindowOptions Windows { get; init; } = new();

    public TrainingOptions Training { get; init; } = new() { Budget = TimeSpan.FromMinutes(10) };

    public TimeSpan Lead { get; init; } = TimeSpan.FromMinutes(60);

    public int Every { get; init; } = 3;

    /// <summary>The rate of the contingency and fractions skill scores, mm/h.</summary>
    public float Threshold { get; init; } = 1;

    /// <summary>The side of the boxes of the fractions skill score, pixels.</summary>
    public int Box { get; init; } = 9;

    /// <summary>The last part of the scans of each series is forecast and never trained on.</summary>
    public double TestShare { get; init; } = 0.3;
}

/// <summary>
/// Means over the leads; errors in mm/h. Parameters, steps and seconds are 0 of methods that do not learn. Learned is by how much of
/// itself the training made the validation loss smaller: 0 of a network that learned nothing, NaN of methods that do not.
/// </summary>
public sealed record RadarRow(
    string Method, long Parameters, int Steps, double Seconds, double Learned, double Mae, double Rmse, double Correlation, double Csi,
        double Pod, double Far, double Hss, double Fss);

/// <param name="Rows">Persistence, extrapolation, then the networks.</param>
/// <param name="LeadMinutes">The leads.</param>
/// <param name="RmseByLead">By method, mm/h.</param>
/// <param name="CsiByLead">By method.</param>
/// <param name="Issues">Situations forecast.</param>
public sealed record RadarStudyResult(
    IReadOnlyList<RadarRow> Rows, IReadOnlyList<double> LeadMinutes, IReadOnlyDictionary<string, IReadOnlyList<double>> RmseByLead,
    IReadOnlyDictionary<string, IReadOnlyList<double>> CsiByLead, int Issues);

/// <summary>
/// Every network on one radar archive: all are trained on the earlier scans, in the frame of the rain, and forecast the later ones.
/// </summary>
public sealed class RadarStudy(RadarStudyOptions options, TimeProvider time)
{
    /// <summary>Pixels whose air all methods know.</summary>
    private const string Mask = "common";

    /// <summary>The networks that forecast; an interpolator does not.</summary>
    public static IReadOnlyList<string> Networks { get; } = [.. NetworkRegistry.Names.Where(n => n != ConvLstmInterpolator.Name)];

    /// <param name="series">The archive.</param>
    /// <param name="networks">Some of <see cref="Networks"/>.</param>
    /// <param name="folder">For the checkpoints.</param>
    /// <param name="progress">Told the part done and what is being done.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="ReportedException">The scans are too few to train and to test on.</exception>
    public RadarStudyResult Run(IReadOnlyList<ScanSeries> series, IReadOnlyList<string> networks, string folder,
        Action<double, string> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(series);
        ArgumentNullException.ThrowIfNull(networks);
        ArgumentNullException.ThrowIfNull(progress);
        using var scope = NewDisposeScope();
        var test = series.Select(s => (Series: s, Count: (int)Math.Ceiling(options.TestShare * s.Scans.Count))).ToList();
        var training = test.ConvertAll(t => t.Series.Part(0, t.Series.Scans.Count - t.Count));
        var trained = new List<(string Name, TrainingResult Result, Checkpoint Checkpoint)>();
        try
        {
            foreach (var name in networks)
            {
                var file = Path.Combine(folder, $"{name}.safetensors");
                var request = new ModelTrainingRequest
                {
                    Series = training, Out = file, Windows = options.Windows, Training = options.Training, Network = options.Network with
                    {
                        Network = name,
                        Frames = options.Windows.Past,
                    },
                };
                var report = new TrainingReport(p => progress(0.9 * (trained.Count + p.Fraction) / networks.Count,
                    FormattableString.Invariant($"{name}, epoch {p.Epoch}, loss {p.TrainingLoss:0.0000}")));
                var result = new ModelTraining(time).Run(request, report, cancellation);
                trained.Add((name, result, Checkpoint.Load(file, CPU)));
            }
            progress(0.9, "forecasts");
            List<IForecaster> methods = [new Persistence(), new Extrapolation(),
                .. trained.Select(t => new NamedForecaster(t.Name, new ModelForecast(t.Checkpoint)))];
            var hindcast = new Hindcast(new()
            {
                Lead = options.Lead, Every = options.Every, PastScans = options.Windows.Past - 1, Thresholds = [options.Threshold],
                FractionsThresholds = [options.Threshold], FractionsScales = [options.Box], Resamples = 1,
            });
            var sequences = test.Select(t => t.Series.Part(t.Series.Scans.Count - t.Count, t.Count).Load(cancellation)).ToList();
            var scores = hindcast.Run(sequences, methods, new Forecasts(p => progress(0.9 + (0.1 * p.Done / p.Total), "forecasts")),
                cancellation);
            return new(
                [.. methods.Select(m => Row(scores, m.Method, trained.Find(t => t.Name == m.Method)))], scores.LeadMinutes,
                methods.ToDictionary(m => m.Method, m => (IReadOnlyList<double>)[.. Rates(scores, m.Method).Select(r => r.Rmse)]),
                methods.ToDictionary(m => m.Method, m => (IReadOnlyList<double>)[.. Events(scores, m.Method).Select(r => r.Csi)]),
                    scores.IssueTimes.Count);
        }
        finally
        {
            foreach (var (_, _, checkpoint) in trained)
                checkpoint.Dispose();
        }
    }

    private RadarRow Row(HindcastResult scores, string method, (string Name, TrainingResult Result, Checkpoint Checkpoint) trained)
    {
        var (rates, events) = (Rates(scores, method).ToList(), Events(scores, method).ToList());
        return new(
            method, trained.Checkpoint?.Network.parameters().Sum(p => p.numel()) ?? 0, trained.Result?.Steps ?? 0,
            trained.Result?.Duration.TotalSeconds ?? 0,
            trained.Result is { } result ? 1 - (result.ValidationLoss / result.FirstLoss) : double.NaN,
            Mean(rates.Select(r => r.Mae)), Mean(rates.Select(r => r.Rmse)), Mean(rates.Select(r => r.Correlation)),
            Mean(events.Select(r => r.Csi)), Mean(events.Select(r => r.Pod)), Mean(events.Select(r => r.Far)),
            Mean(events.Select(r => r.Hss)),
            Mean(events.Select(r => r.Fss.GetValueOrDefault(options.Box, double.NaN))));
    }

    private static IEnumerable<LeadRow> Rates(HindcastResult scores, string method) =>
        scores.Leads.Where(r => r.Method == method && r.Mask == Mask);

    private IEnumerable<ThresholdRow> Events(HindcastResult scores, string method) =>
        scores.Thresholds.Where(r => r.Method == method && r.Mask == Mask && r.Threshold.Equals(options.Threshold));

    private static double Mean(IEnumerable<double> values) => values.Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();

    private sealed class Forecasts(Action<HindcastProgress> report) : IProgress<HindcastProgress>
    {
        public void Report(HindcastProgress value) => report(value);
    }
}
