using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Training;

/// <summary>Puts a pooled network together of two that were trained.</summary>
internal static class PooledModel
{
    /// <summary>In the metadata, the version of the cascade network that was taken.</summary>
    internal const string CascadePart = "cascade";

    private const string LagrangianPart = "lagrangian";

    /// <param name="lagrangianPath">A checkpoint of a Lagrangian network.</param>
    /// <param name="cascadePath">A checkpoint of a cascade network of the same thresholds.</param>
    /// <param name="path">The checkpoint to write.</param>
    /// <param name="scores">Of both together, for the metadata.</param>
    /// <param name="created">When.</param>
    /// <exception cref="ReportedException">A file is of another network, or the two speak of other thresholds.</exception>
    internal static void Write(string lagrangianPath, string cascadePath, string path, IReadOnlyDictionary<string, double> scores,
        DateTimeOffset created)
    {
        using var scope = NewDisposeScope();
        using var one = Checkpoint.Load(lagrangianPath, CPU);
        using var other = Checkpoint.Load(cascadePath, CPU);
        var lagrangian = Of<LagrangianNetwork>(one, lagrangianPath, LagrangianNetwork.Name);
        var cascade = Of<CascadeNetwork>(other, cascadePath, CascadeNetwork.Name);
        var (first, second) = (one.Metadata, other.Metadata);
        if (!first.Network.Thresholds.SequenceEqual(second.Network.Thresholds)
            || !first.Normalisation.OrderBy(n => n.Key).SequenceEqual(second.Normalisation.OrderBy(n => n.Key)))
            throw new ReportedException(
                $"{lagrangianPath} and {cascadePath} give probabilities of other thresholds: train both with the same.");
        using var pooled = (PooledNetwork)NetworkRegistry.Create(
            first.Network with { Network = PooledNetwork.Name, Hidden = [.. first.Network.Hidden, .. second.Network.Hidden] });
        pooled.Lagrangian.load_state_dict(lagrangian.state_dict());
        pooled.Cascade.load_state_dict(cascade.state_dict());
        Checkpoint.Save(path, pooled, first with
        {
            Network = pooled.Options,
            PastFrames = Math.Max(first.PastFrames, second.PastFrames),
            Data = new(
                [.. first.Data.Grids.Union(second.Data.Grids).Order(StringComparer.Ordinal)], Min(first.Data.From, second.Data.From),
                Max(first.Data.To, second.Data.To),
                first.Data.Frames + second.Data.Frames),
            Scores = Both(first.Scores, second.Scores).Concat(scores).ToDictionary(),
            Training = Both(first.Training, second.Training).Append(new(LagrangianPart, one.Version))
                .Append(new(CascadePart, other.Version)).ToDictionary(),
            Program = Checkpoint.ThisProgram,
            Created = created,
        });
    }

    private static T Of<T>(Checkpoint checkpoint, string path, string name)
        where T : RainNetwork =>
        checkpoint.Network as T ?? throw new ReportedException(
            $"{path} is a {checkpoint.Metadata.Network.Network} network, not a {name} one.");

    /// <summary>What was said of each part, by its name.</summary>
    private static Dictionary<string, T> Both<T>(IReadOnlyDictionary<string, T> lagrangian, IReadOnlyDictionary<string, T> cascade) =>
        lagrangian.Select(p => KeyValuePair.Create($"{LagrangianPart}.{p.Key}", p.Value))
            .Concat(cascade.Select(p => KeyValuePair.Create($"{CascadePart}.{p.Key}", p.Value))).ToDictionary();

    private static DateTimeOffset Min(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
