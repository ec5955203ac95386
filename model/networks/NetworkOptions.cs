namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>The shape of a network, as it stands in the metadata of a checkpoint.</summary>
public sealed record NetworkOptions
{
    /// <summary>The name in <see cref="NetworkRegistry"/>.</summary>
    public string Network { get; init; } = EncoderForecaster.Name;

    /// <summary>The channels of each layer's state.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [32, 32];

    /// <summary>The side of the kernels, odd.</summary>
    public int Kernel { get; init; } = 3;

    /// <summary>The side of the squares that become channels before the first layer (space to depth).</summary>
    public int Patch { get; init; } = 2;

    /// <summary>Whether the gates see the cell state.</summary>
    public bool Peepholes { get; init; }

    /// <summary>Rain rates, normalised and rising, for whose exceedance the network gives log-odds; empty for one that gives rain.</summary>
    public IReadOnlyList<float> Thresholds { get; init; } = [];

    public bool Equals(NetworkOptions? other) =>
        other is not null && Network == other.Network && Hidden.SequenceEqual(other.Hidden)
        && Kernel == other.Kernel && Patch == other.Patch && Peepholes == other.Peepholes && Thresholds.SequenceEqual(other.Thresholds);

    public override int GetHashCode() => HashCode.Combine(Network, Hidden.Count, Kernel, Patch, Peepholes);
}
