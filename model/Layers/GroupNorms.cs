namespace ConvLstm.Nowcast.Model.Layers;

/// <summary>Group normalisation (Wu and He 2018). That of TorchSharp 0.107 starts with whatever its memory held before.</summary>
internal static class GroupNorms
{
    /// <param name="groups">How many groups of channels have a mean and a variance of their own.</param>
    /// <param name="channels">A multiple of <paramref name="groups"/>.</param>
    /// <returns>A layer with weights 1 and biases 0.</returns>
    internal static GroupNorm Of(long groups, long channels)
    {
        var norm = nn.GroupNorm(groups, channels);
        nn.init.ones_(norm.weight!);
        nn.init.zeros_(norm.bias!);
        return norm;
    }
}
