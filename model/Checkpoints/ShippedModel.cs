namespace ConvLstm.Nowcast.Model.Checkpoints;

/// <summary>
/// The model that comes with the program, for who has trained none: a Lagrangian and a cascade network together, which fit any grid and
/// step.
/// </summary>
public static class ShippedModel
{
    /// <summary>The file beside the program.</summary>
    public static string File { get; } = Path.Combine(AppContext.BaseDirectory, "weights", "pooled.safetensors");

    /// <exception cref="ConvLstm.Nowcast.Ingest.ReportedException">The file is missing: the program was copied without its
    /// folder.</exception>
    public static Checkpoint Load(Device device) => Checkpoint.Load(File, device);
}
