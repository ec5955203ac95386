namespace ConvLstm.Nowcast.Torch;

/// <summary>TorchSharp records no CUDA graphs: the plain function is all there is.</summary>
public sealed class CudaGraph(Func<Tensor, Tensor> plain, Tensor example) : IDisposable
{
    /// <summary>Never.</summary>
    public static bool IsAvailable => false;

    /// <summary>The plain function of another input of the example's shape.</summary>
    public Tensor Replay(Tensor next) => next.shape.SequenceEqual(example.shape)
        ? plain(next)
        : throw new ArgumentException("It has another shape than the example.", nameof(next));

    public void Dispose()
    {
        // Nothing is held.
    }
}
