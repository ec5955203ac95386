using System.Text.Json;
using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Model.Checkpoints;

/// <summary>What a checkpoint says of itself, so that a forecast made with it can be traced and the training repeated.</summary>
public sealed record CheckpointMetadata
{
    /// <summary>The architecture.</summary>
    public required NetworkOptions Network { get; init; }

    /// <summary>The parameters of the normalisation between mm/h and the network's rain.</summary>
    public required IReadOnlyDictionary<string, string> Normalisation { get; init; }

    /// <summary>How many scans the network reads.</summary>
    public required int PastFrames { get; init; }

    /// <summary>How many frames ahead it was trained for.</summary>
    public required int FutureFrames { get; init; }

    /// <summary>The time between two frames, in minutes.</summary>
    public required double StepMinutes { get; init; }

    /// <summary>What it was trained on.</summary>
    public required DataSpan Data { get; init; }

    /// <summary>Losses and scores by name, such as <c>validation_loss</c>.</summary>
    public required IReadOnlyDictionary<string, double> Scores { get; init; }

    /// <summary>The settings of the training by name, the seed among them.</summary>
    public required IReadOnlyDictionary<string, string> Training { get; init; }

    /// <summary>The losses after each epoch; null in checkpoints from before they were kept.</summary>
    public IReadOnlyList<EpochLoss>? Curve { get; init; }

    /// <summary>The version and source revision of the program that wrote it.</summary>
    public required string Program { get; init; }

    /// <summary>When it was written, UTC.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Whether all of it can be meant: a damaged file shall not ask for more memory than there is.</summary>
    /// <param name="largest">The largest size of a dimension among the weights: no layer has more channels.</param>
    /// <exception cref="JsonException">It cannot.</exception>
    internal void Check(long largest)
    {
        const int MostFrames = 10_000, MostSide = 1024;
        const double MostMinutes = 1440;
        Require(PastFrames is > 0 and <= MostFrames, nameof(PastFrames), PastFrames);
        Require(FutureFrames is > 0 and <= MostFrames, nameof(FutureFrames), FutureFrames);
        Require(StepMinutes is > 0 and <= MostMinutes, nameof(StepMinutes), StepMinutes);
        Require(Network.Hidden.All(channels => channels <= largest), nameof(Network.Hidden), string.Join(", ", Network.Hidden));
        Require(Network.Kernel <= MostSide && Network.Kernel <= largest, nameof(Network.Kernel), Network.Kernel);
        Require(Network.Patch <= MostSide && (long)Network.Patch * Network.Patch <= largest, nameof(Network.Patch), Network.Patch);
        Require(Network.Tile <= MostSide, nameof(Network.Tile), Network.Tile);
        Require(Network.Frames <= MostFrames, nameof(Network.Frames), Network.Frames);
        Require(Network.Gap <= MostFrames, nameof(Network.Gap), Network.Gap);
        Require(double.IsFinite(Network.LogRange) && Network.LogRange > 0, nameof(Network.LogRange), Network.LogRange);
        Require(Network.Thresholds.All(float.IsFinite)
            && Network.Thresholds.Zip(Network.Thresholds.Skip(1)).All(pair => pair.First < pair.Second),
            nameof(Network.Thresholds), string.Join(", ", Network.Thresholds));
    }

    private static void Require(bool holds, string what, object value)
    {
        if (!holds)
            throw new JsonException(FormattableString.Invariant($"{what} {value} cannot be"));
    }
}

/// <summary>The losses after an epoch; null where one is not finite.</summary>
/// <param name="Training">The running mean.</param>
/// <param name="Validation">On windows that are not trained on.</param>
public sealed record EpochLoss(double? Training, double? Validation);

/// <summary>The scans of a training.</summary>
/// <param name="Grids">The names of their grids.</param>
/// <param name="From">The valid time of the oldest.</param>
/// <param name="To">The valid time of the newest.</param>
/// <param name="Frames">How many they were.</param>
public sealed record DataSpan(IReadOnlyList<string> Grids, DateTimeOffset From, DateTimeOffset To, int Frames);
