namespace ConvLstm.Nowcast.Model.Training;

/// <summary>A copy of the weights of a network, to go back to.</summary>
internal sealed class Weights(nn.Module network) : IDisposable
{
    private Dictionary<string, Tensor> _copy = Copy(network);

    public void Dispose() => Free(_copy);

    internal void Remember()
    {
        Free(_copy);
        _copy = Copy(network);
    }

    internal void Restore() => network.load_state_dict(_copy);

    private static Dictionary<string, Tensor> Copy(nn.Module network)
    {
        using var scope = NewDisposeScope();
        return network.state_dict()
            .ToDictionary(e => e.Key, e => e.Value.detach().clone().DetachFromDisposeScope(), StringComparer.Ordinal);
    }

    private static void Free(Dictionary<string, Tensor> tensors)
    {
        foreach (var tensor in tensors.Values)
            tensor.Dispose();
    }
}
