namespace ConvLstm.Nowcast.Torch;

/// <summary>
/// Owns the tensors that a thread creates until it is disposed, and frees them then; scopes nest. A scope is
/// used by the thread that opened it.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic]
    private static DisposeScope? current;

    private readonly HashSet<IDisposable> disposables = new(ReferenceEqualityComparer.Instance);
    private readonly DisposeScope? outer;

    internal DisposeScope()
    {
        outer = current;
        current = this;
    }

    /// <summary>The innermost open scope of this thread.</summary>
    internal static DisposeScope? Current => current;

    internal DisposeScope? Outer => outer;

    /// <summary>How many things this scope will free.</summary>
    public int DisposablesCount => disposables.Count;

    /// <summary>Lets the thing live on in the scope around this one, or on its own where there is none.</summary>
    public T MoveToOuter<T>(T disposable)
        where T : IDisposable
    {
        if (disposables.Remove(disposable))
            Hand(disposable, outer);
        return disposable;
    }

    /// <summary>Takes the thing out of all scopes: from now on the caller frees it.</summary>
    public T Detach<T>(T disposable)
        where T : IDisposable
    {
        if (disposables.Remove(disposable))
            Hand(disposable, null);
        return disposable;
    }

    /// <summary>Frees the thing at the end of this scope.</summary>
    public void Attach(IDisposable disposable)
    {
        if (disposable is torch.Tensor { Scope: not null } tensor)
            tensor.Scope.disposables.Remove(tensor);
        Hand(disposable, this);
    }

    /// <summary>Frees all that is still owned.</summary>
    public void Dispose()
    {
        if (current == this)
            current = outer;
        foreach (var disposable in disposables)
        {
            if (disposable is torch.Tensor tensor)
                tensor.Scope = null;
            disposable.Dispose();
        }
        disposables.Clear();
    }

    internal void Add(torch.Tensor tensor) => disposables.Add(tensor);

    internal void Remove(torch.Tensor tensor) => disposables.Remove(tensor);

    private static void Hand(IDisposable disposable, DisposeScope? scope)
    {
        scope?.disposables.Add(disposable);
        if (disposable is torch.Tensor tensor)
            tensor.Scope = scope;
    }
}

public static partial class torch
{
    /// <summary>Opens a scope that frees the tensors made in it.</summary>
    public static DisposeScope NewDisposeScope() => new();
}
