using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Motion;
using ConvLstm.Nowcast.MovingFrame;

namespace ConvLstm.Nowcast.Methods;

/// <summary>
/// A trained network in the frame of the rain: the scans are aligned along the motion, the network says how the rain
/// grows and decays, and each of its frames is advected to its lead. A network that changes nothing is extrapolation.
/// </summary>
public sealed class ModelForecast(Checkpoint checkpoint) : IForecaster
{
    /// <summary>The name in <see cref="ForecastMethods"/>.</summary>
    public const string Name = "model";

    private const int FewestScans = 3;

    private readonly Normalisation _normalisation = Normalisation.FromMetadata(checkpoint.Metadata.Normalisation);
    private readonly Device _device = checkpoint.Network.parameters().First().device;

    public string Method => Name;

    /// <summary>Networks in the frame of the rain make do with few scans, others read as many as in their training.</summary>
    public int ScansNeeded => checkpoint.Network is LagrangianNetwork or CascadeNetwork
        ? Math.Min(FewestScans, checkpoint.Metadata.PastFrames) : checkpoint.Metadata.PastFrames;

    /// <exception cref="ReportedException">The scans are at another step than those of the training.</exception>
    public RainForecast Forecast(RadarSequence past, ForecastRequest request, CancellationToken cancellation)
    {
        Scans.CheckEnough(past, this);
        CheckStep(past);
        var leads = Scans.Leads(past, request).Length;
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        if (checkpoint.Network is CascadeNetwork cascade)
            return new CascadeForecast(cascade, Rates()).Make(past, request, Provenance(past), cancellation);
        var scans = Math.Min(past.Frames.Count, checkpoint.Metadata.PastFrames);
        var rain = Scans.Newest(past, scans).to(_device);
        var motion = OpticalFlow.Estimate(rain, MotionOptions.For(past.Step));
        cancellation.ThrowIfCancellationRequested();
        var asked = LeadTimes.Every(leads, past.Step.TotalMinutes) with { PixelKilometres = Ground.PixelKilometres(past.Grid) };
        var newest = rain[scans - 1];
        var displacements = SemiLagrangian.Displacements(motion, leads);
        if (checkpoint.Network.Options.Thresholds.Count == 0)
        {
            var future = Future(rain, motion, asked);
            return AdvectedForecast.Make(past, request, Provenance(past), lead => RainAt(future[lead], newest, displacements[lead]), cancellation);
        }
        // Before the log-odds of all leads are in memory.
        var recalibration = RecentForecast.Learn(checkpoint.Network, rain, asked, Rates(), _normalisation);
        cancellation.ThrowIfCancellationRequested();
        var logOdds = Future(rain, motion, asked);
        return FromLadder(
            past, request, lead => recalibration?.Apply(logOdds[lead], asked.Minutes(lead)) ?? logOdds[lead].alias(), newest, displacements, cancellation);
    }

    /// <summary>What the network says of each lead: (leads, H, W, channels).</summary>
    private Tensor Future(Tensor rain, Tensor motion, LeadTimes asked)
    {
        using var scope = NewDisposeScope();
        var aligned = NormalisedRain.WithMask(Alignment.Align(rain, (int)rain.shape[0] - 1, motion), _normalisation).unsqueeze(0);
        return checkpoint.Network.call(aligned, asked)[0].MoveToOuterDisposeScope();
    }

    private Tensor RainAt(Tensor normalised, Tensor newest, Tensor displacement) => SemiLagrangian.AdvectRain(
        NormalisedRain.Invert(normalised.squeeze(-1), _normalisation).masked_fill(newest.isnan(), float.NaN), displacement);

    /// <summary>The log-odds of each lead to probabilities, advected, and rates read off them.</summary>
    private RainForecast FromLadder(
        RadarSequence past, ForecastRequest request, Func<int, Tensor> logOdds, Tensor newest, IReadOnlyList<Tensor> displacements, CancellationToken cancellation)
    {
        var leads = Scans.Leads(past, request);
        var ladder = new LadderForecast(past.Grid, past.Frames[^1], Rates());
        var maps = new LadderForecast.Map[leads.Length];
        var unknown = new bool[leads.Length][];
        var probabilities = new float[checkpoint.Network.Options.Thresholds.Count * past.Grid.PixelCount];
        for (var lead = 0; lead < leads.Length; lead++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            unknown[lead] = SemiLagrangian.AdvectRain(newest, displacements[lead]).isnan().cpu().data<bool>().ToArray();
            SemiLagrangian.Advect(logOdds(lead).permute(2, 0, 1).sigmoid().unsqueeze(0).contiguous(), displacements[lead])
                .cpu().data<float>().CopyTo(probabilities);
            maps[lead] = ladder.At(probabilities, Array.ConvertAll(unknown[lead], u => !u), request.Thresholds);
        }
        return new RainForecast
        {
            Grid = past.Grid,
            IssueTime = past.IssueTime,
            LeadTimes = leads,
            RainRate = [.. maps.Select(m => m.Rate)],
            MeanRate = [.. maps.Select(m => m.Mean)],
            Thresholds = request.Thresholds,
            ExceedanceProbability = [.. request.Thresholds.Select((_, t) => (IReadOnlyList<float[]>)[.. maps.Select(m => m.Exceedance[t])])],
            AirFromOutside = unknown,
            Provenance = Provenance(past),
        };
    }

    /// <summary>The thresholds in mm/h, without the noise of the way there and back.</summary>
    private float[] Rates() => [.. checkpoint.Network.Options.Thresholds.Select(t => MathF.Round(_normalisation.Invert(t), 3))];

    private ForecastProvenance Provenance(RadarSequence past) =>
        Scans.Provenance(Name, past, Math.Min(past.Frames.Count, checkpoint.Metadata.PastFrames)) with { ModelVersion = checkpoint.Version, ModelChecksum = checkpoint.Checksum };

    /// <summary>A Lagrangian network is told the step; others know only that of their training.</summary>
    private void CheckStep(RadarSequence past)
    {
        if (checkpoint.Network is LagrangianNetwork or CascadeNetwork)
            return;
        if (Math.Abs(past.Step.TotalMinutes - checkpoint.Metadata.StepMinutes) > 0.01)
        {
            throw new ReportedException(FormattableString.Invariant(
                $"The model {checkpoint.Version} was trained on scans {checkpoint.Metadata.StepMinutes:0.##} minutes apart, these are {past.Step.TotalMinutes:0.##} apart: train one on these data."));
        }
    }
}
