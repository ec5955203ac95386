using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Model.Checkpoints;
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

    private readonly Normalisation _normalisation = Normalisation.FromMetadata(checkpoint.Metadata.Normalisation);
    private readonly Device _device = checkpoint.Network.parameters().First().device;

    public string Method => Name;

    public int ScansNeeded => checkpoint.Metadata.PastFrames;

    /// <exception cref="ReportedException">The scans are at another step than those of the training.</exception>
    public RainForecast Forecast(RadarSequence past, ForecastRequest request, CancellationToken cancellation)
    {
        Scans.CheckEnough(past, this);
        CheckStep(past);
        var leads = Scans.Leads(past, request).Length;
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var rain = Scans.Newest(past, ScansNeeded).to(_device);
        var motion = OpticalFlow.Estimate(rain);
        cancellation.ThrowIfCancellationRequested();
        var aligned = Alignment.Align(rain, ScansNeeded - 1, motion);
        var future = checkpoint.Network.call(NormalisedRain.WithMask(aligned, _normalisation).unsqueeze(0), leads)[0];
        var unknown = rain[ScansNeeded - 1].isnan();
        var displacements = SemiLagrangian.Displacements(motion, leads);
        return AdvectedForecast.Make(past, request, Provenance(past), RainAt, cancellation);

        Tensor RainAt(int lead) => SemiLagrangian.AdvectRain(
            NormalisedRain.Invert(future[lead].squeeze(-1), _normalisation).masked_fill(unknown, float.NaN), displacements[lead]);
    }

    private ForecastProvenance Provenance(RadarSequence past) =>
        Scans.Provenance(Name, past, ScansNeeded) with { ModelVersion = checkpoint.Version, ModelChecksum = checkpoint.Checksum };

    private void CheckStep(RadarSequence past)
    {
        if (Math.Abs(past.Step.TotalMinutes - checkpoint.Metadata.StepMinutes) > 0.01)
        {
            throw new ReportedException(FormattableString.Invariant(
                $"The model {checkpoint.Version} was trained on scans {checkpoint.Metadata.StepMinutes:0.##} minutes apart, these are {past.Step.TotalMinutes:0.##} apart: train one on these data."));
        }
    }
}
