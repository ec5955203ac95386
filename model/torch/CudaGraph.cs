using ConvLstm.Nowcast.Torch.Interop;

namespace ConvLstm.Nowcast.Torch;

/// <summary>
/// A function from one tensor to one, without gradients, whose kernels are recorded once on a GPU and started as one: for many
/// small kernels, which a GPU does faster than they can be given to it (Gray 2019, "Getting started with CUDA graphs"). The
/// recording reads the weights where they lay: dispose of it when they move. Not part of TorchSharp.
/// </summary>
public sealed unsafe class CudaGraph : IDisposable
{
    private const int WarmUps = 2;

    private readonly torch.Tensor input, output;
    private nint graph;

    /// <param name="plain">The function; what it computes on the host is not computed again.</param>
    /// <param name="example">An input on a GPU; later ones have its shape and type.</param>
    /// <exception cref="TorchException">The function does what cannot be recorded, such as waiting for the GPU.</exception>
    public CudaGraph(Func<torch.Tensor, torch.Tensor> plain, torch.Tensor example)
    {
        ArgumentNullException.ThrowIfNull(plain);
        ArgumentNullException.ThrowIfNull(example);
        using var gradients = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        input = example.detach().clone().DetachFromDisposeScope();
        nint made;
        Native.Check(Native.ct_graph_new(&made));
        graph = made;
        try
        {
            for (var i = 0; i < WarmUps; i++)
                plain(input);
            Native.Check(Native.ct_graph_begin(graph));
            try
            {
                output = plain(input).DetachFromDisposeScope();
            }
            finally
            {
                // A recording that is left open would swallow all that follows.
                Native.Check(Native.ct_graph_end(graph));
            }
        }
        catch
        {
            Native.Check(Native.ct_graph_leave(graph));
            Free();
            throw;
        }
        Native.Check(Native.ct_graph_leave(graph));
    }

    /// <summary>Whether this build records graphs; where it does not, the plain function is all there is.</summary>
    public static bool IsAvailable => Native.ct_graphs_available() != 0 && torch.cuda.is_available();

    /// <summary>The function of another input, in new memory.</summary>
    public torch.Tensor Replay(torch.Tensor next)
    {
        ObjectDisposedException.ThrowIf(graph == 0, this);
        using var gradients = torch.no_grad();
        input.copy_(next);
        Native.Check(Native.ct_graph_replay(graph));
        return output.clone();
    }

    public void Dispose()
    {
        if (graph != 0)
            Free();
        output.Dispose();
    }

    private void Free()
    {
        Native.Check(Native.ct_graph_free(graph));
        graph = 0;
        input.Dispose();
    }
}
