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

    /// <summary>The side of the squares that networks with dense layers cut a frame into, each one their whole world.</summary>
    public int Tile { get; init; } = 32;

    /// <summary>Frames read and drawn at once by networks that take time as channels.</summary>
    public int Frames { get; init; } = 4;

    /// <summary>Missing frames between two runs of frames, of networks that fill gaps.</summary>
    public int Gap { get; init; } = 2;

    /// <summary>
    /// What a cell makes of its candidate and state, see <see cref="Layers.Activations"/>: of the networks that let one choose.
    /// </summary>
    public string Activation { get; init; } = Layers.Activations.Tanh;

    /// <summary>What the last layer goes through; null for the network's own.</summary>
    public string? OutputActivation { get; init; }

    /// <summary>Whether the last layer draws the change of the newest frame instead of the frame; null for the network's own way.</summary>
    public bool? Residual { get; init; }

    /// <summary>
    /// Rain rates, normalised and rising, for whose exceedance the network gives log-odds; empty for one that gives rain.
    /// </summary>
    public IReadOnlyList<float> Thresholds { get; init; } = [];

    /// <summary>
    /// ln(1 + Rmax/r0) of the normalisation: what takes its rain back to multiples of r0. Read where there are thresholds.
    /// </summary>
    public double LogRange { get; init; } = Math.Log(1001);

    public bool Equals(NetworkOptions? other) =>
        other is not null && Network == other.Network && Hidden.SequenceEqual(other.Hidden)
        && Kernel == other.Kernel && Patch == other.Patch && Peepholes == other.Peepholes && Thresholds.SequenceEqual(other.Thresholds)
        && LogRange.Equals(other.LogRange) && Tile == other.Tile && Frames == other.Frames && Gap == other.Gap
            && Activation == other.Activation
        && OutputActivation == other.OutputActivation && Residual == other.Residual;

    public override int GetHashCode() => HashCode.Combine(Network, Hidden.Count, Kernel, Patch, Peepholes);
}
