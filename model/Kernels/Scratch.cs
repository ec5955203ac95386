namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>Memory of one thread for values in between, used again by the next work of this thread.</summary>
internal sealed unsafe class Scratch
{
    private const int Line = 16;
    [ThreadStatic]
    private static Scratch? _mine;
    private float* _data;
    private nint _size, _used;

    ~Scratch() => HugePages.Free(_data);

    /// <summary>That of this thread, all of it free.</summary>
    /// <param name="floats">What will be taken together; each taking may be rounded up by some cache lines.</param>
    internal static Scratch OfThread(nint floats)
    {
        var scratch = _mine ??= new();
        scratch._used = 0;
        var needed = floats + (8 * Line);
        if (scratch._size < needed)
        {
            HugePages.Free(scratch._data);
            scratch._data = null;
            scratch._size = 0;
            scratch._data = HugePages.Allocate(needed);
            scratch._size = needed;
        }
        return scratch;
    }

    /// <summary>Floats that begin at a cache line. Their values are what was left there.</summary>
    internal float* Take(nint floats)
    {
        var start = _data + _used;
        _used += (floats + Line - 1) / Line * Line;
        return _used <= _size ? start : throw new InvalidOperationException($"The scratch memory of {_size} floats was asked for {_used}.");
    }
}
