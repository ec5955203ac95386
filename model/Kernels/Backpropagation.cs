using System.Runtime.ExceptionServices;

namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>
/// Backward passes through functions with a gradient of their own. The engine of libtorch is C++: an exception that left a function of
/// ours would end the process. It is kept instead, the function gives no gradients, and <see cref="Run(Tensor)"/> throws it when the
/// engine has returned.
/// </summary>
public static class Backpropagation
{
    // The engine runs functions on the CPU in the thread that called it.
    [ThreadStatic]
    private static ExceptionDispatchInfo? _failure;
    [ThreadStatic]
    private static List<Tensor>? _given;

    /// <summary>Adds the gradients of a scalar to those of all that it depends on.</summary>
    /// <exception cref="Exception">Whatever went wrong in a function with a gradient of its own; the gradients are of no use
    /// then.</exception>
    public static void Run(Tensor value) => Run(value, createGraph: false);

    /// <param name="value">The scalar.</param>
    /// <param name="createGraph">Whether the gradients can be differentiated again.</param>
    internal static void Run(Tensor value, bool createGraph)
    {
        ArgumentNullException.ThrowIfNull(value);
        _failure = null;
        using (NewDisposeScope())
        {
            autograd.backward([value], create_graph: createGraph);
            Release();
        }
        var kept = _failure;
        _failure = null;
        kept?.Throw();
    }

    /// <summary>
    /// What a function does in its backward pass. Its tensors are freed at its end, the gradients that came in too; those that go out
    /// belong to the engine once it has taken them, and the objects that held them are freed with the next function.
    /// </summary>
    /// <param name="arguments">How many the function has: where it fails, so many gradients are missing.</param>
    /// <param name="received">The gradients that came in.</param>
    /// <param name="work">Gives the gradients that go out.</param>
    internal static List<Tensor> Guarded(int arguments, List<Tensor> received, Func<List<Tensor?>> work)
    {
        Release();
        try
        {
            using var scope = NewDisposeScope();
            var gradients = work();
            _given = [.. gradients.OfType<Tensor>().Select(gradient => gradient.DetachFromDisposeScope())];
            return gradients!;
        }
        catch (Exception error)
        {
            _failure ??= ExceptionDispatchInfo.Capture(error);
            return [.. Enumerable.Repeat<Tensor>(null!, arguments)];
        }
        finally
        {
            received.ForEach(gradient => gradient?.Dispose());
        }
    }

    private static void Release()
    {
        _given?.ForEach(gradient => gradient.Dispose());
        _given = null;
    }
}
