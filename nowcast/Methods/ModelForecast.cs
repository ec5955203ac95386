using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Motion;
using ConvLstm.Nowcast.MovingFrame;

namespace ConvLstm.Nowcast.Methods;

/// <summary>
/// A trained network in the frame of the rain: the scans are aligned along the motion, the network says how the rain
/// grows and decays, and each of its frames is advected to its lead. A network that changes nothing is extrapolation. One that works with
/// a cascade shows the area of the newest rain.
/// </summary>
public sealed class ModelForecast(Checkpoint checkpoint) : IForecaster
{
    /// <summary>The name in <see cref="ForecastMethods"/>.</summary>
    public const string Name = "model";

    private const int FewestScans = 3;

    /// <summary>Pixels of a grid from which on a stage gives its memory back before the next, which asks for other blocks.</summary>
    private const int LargeGrid = 600_000;

    private readonly Normalisation _normalisation = Normalisation.FromMetadata(checkpoint.Metadata.Normalisation);
    private readonly Device _device = checkpoint.Network.parameters().First().device;

    public string Method => Name;

    /// <summary>Networks in the frame of the rain make do with few scans, others read as many as in their training.</summary>
    public int ScansNeeded => KnowsSteps ? Math.Min(FewestScans, checkpoint.Metadata.PastFrames) : checkpoint.Metadata.PastFrames;

    /// <summary>Networks that are told the step; others know only that of their training.</summary>
    private bool KnowsSteps => checkpoint.Network is LagrangianNetwork or CascadeNetwork or PooledNetwork;

    /// <exception cref="ReportedException">The scans are at another step than those of the training.</exception>
    public RainForecast Forecast(RadarSequence past, ForecastRequest request, CancellationToken cancellation)
    {
        Scans.CheckEnough(past, this);
        CheckStep(past);
        var leads = Scans.Leads(past, request);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var scans = AlignedScans.Of(past, Math.Min(past.Frames.Count, checkpoint.Metadata.PastFrames), leads.Length, cancellation, _device);
        GiveBack(past);
        var newest = scans.Rain[scans.Rain.shape[0] - 1];
        if (checkpoint.Network.Options.Thresholds.Count == 0)
        {
            var future = Future(scans.Rain, Asked(past, leads));
            return AdvectedForecast.Make(past, request, Provenance(past), lead => RainAt(future[lead], newest, scans.Displacements[lead]),
                cancellation);
        }
        var learned = checkpoint.Network is CascadeNetwork ? null : Learned(past, scans.Rain, Asked(past, leads), cancellation);
        GiveBack(past);
        var cascade = checkpoint.Network switch { CascadeNetwork alone => alone, PooledNetwork both => both.Cascade, _ => null };
        using var fields = cascade is null ? null : new CascadeLogOdds(cascade, scans.Rain.cpu(), past.Grid, past.Step, leads);
        GiveBack(past);
        return new AdvectedExceedance(past, request, Rates()) { ShowsNewestArea = cascade is not null }.Make(
            lead => (learned, fields) switch
            {
                (null, _) => fields!.Next().to(_device),
                (_, null) => learned(lead),
                _ => PooledNetwork.Pool(learned(lead), fields.Next().to(_device), Rates(), leads[lead]),
            },
            newest, scans.Displacements, Provenance(past), cancellation);
    }

    private static void GiveBack(RadarSequence past)
    {
        if (past.Grid.PixelCount >= LargeGrid)
            TensorHeap.Release();
    }

    private static LeadTimes Asked(RadarSequence past, TimeSpan[] leads) =>
        LeadTimes.Every(leads.Length, past.Step.TotalMinutes) with { PixelKilometres = PixelSize.SideKilometres(past.Grid) };

    /// <summary>The log-odds that the network gives for what it reads of the scans, of a lead: (thresholds, H, W).</summary>
    private Func<int, Tensor> Learned(RadarSequence past, Tensor aligned, LeadTimes asked, CancellationToken cancellation)
    {
        // Before the log-odds of all leads are in memory.
        var recalibration = RecentForecast.Learn(
            checkpoint.Network, Scans.Newest(past, (int)aligned.shape[0]).to(_device), asked, Rates(), _normalisation);
        cancellation.ThrowIfCancellationRequested();
        var logOdds = Future(aligned, asked);
        return lead => (recalibration?.Apply(logOdds[lead], asked.Minutes(lead)) ?? logOdds[lead]).permute(2, 0, 1);
    }

    /// <summary>What the network says of each lead: (leads, H, W, channels).</summary>
    private Tensor Future(Tensor aligned, LeadTimes asked)
    {
        using var scope = NewDisposeScope();
        return checkpoint.Network.call(NormalisedRain.WithMask(aligned, _normalisation).unsqueeze(0), asked)[0].MoveToOuterDisposeScope();
    }

    private Tensor RainAt(Tensor normalised, Tensor newest, Tensor displacement) => SemiLagrangian.AdvectRain(
        NormalisedRain.Invert(normalised.squeeze(-1), _normalisation).masked_fill(newest.isnan(), float.NaN), displacement);

    /// <summary>The thresholds in mm/h, without the noise of the way there and back.</summary>
    private float[] Rates() => [.. checkpoint.Network.Options.Thresholds.Select(t => MathF.Round(_normalisation.Invert(t), 3))];

    private ForecastProvenance Provenance(RadarSequence past) =>
        Scans.Provenance(Name, past, Math.Min(past.Frames.Count, checkpoint.Metadata.PastFrames)) with
        {
            ModelVersion = checkpoint.Version,
            ModelChecksum = checkpoint.Checksum,
        };

    private void CheckStep(RadarSequence past)
    {
        if (!KnowsSteps && Math.Abs(past.Step.TotalMinutes - checkpoint.Metadata.StepMinutes) > 0.01)
        {
            throw new ReportedException(string.Create(CultureInfo.InvariantCulture,
                $"The model {checkpoint.Version} was trained on scans {checkpoint.Metadata.StepMinutes:0.##} minutes apart, these are "
                + $"{past.Step.TotalMinutes:0.##} apart: train one on these data."));
        }
    }
}
