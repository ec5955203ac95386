using System.Collections.Concurrent;
using System.Text;

namespace ConvLstm.Nowcast.Torch.Interop;

/// <summary>Calls an ATen operator by its name, such as <c>aten::add.Tensor</c>; gradients are recorded as usual.</summary>
/// <remarks>Arguments that are left out at the end take the defaults of the operator's schema.</remarks>
internal static unsafe class Operator
{
    private static readonly ConcurrentDictionary<string, nint> Handles = new(StringComparer.Ordinal);

    /// <summary>Calls an operator that returns one tensor.</summary>
    internal static torch.Tensor Call(string name, params ReadOnlySpan<Argument> arguments) =>
        new(Invoke(name, arguments)[0].Bits);

    /// <summary>Calls an operator that returns a tuple or a list of tensors; undefined ones are null.</summary>
    internal static torch.Tensor?[] CallMany(string name, params ReadOnlySpan<Argument> arguments)
    {
        var results = Invoke(name, arguments);
        var tensors = new torch.Tensor?[results.Length];
        for (var i = 0; i < tensors.Length; i++)
            tensors[i] = results[i].Bits == 0 ? null : new torch.Tensor((nint)results[i].Bits);
        return tensors;
    }

    /// <summary>Calls an operator whose result is its first argument, changed in place.</summary>
    internal static torch.Tensor CallInPlace(torch.Tensor self, string name, params ReadOnlySpan<Argument> arguments)
    {
        Native.ct_release((nint)Invoke(name, arguments)[0].Bits);
        return self;
    }

    /// <summary>Calls an operator that returns a number; a truth value is 0 or 1.</summary>
    internal static double CallNumber(string name, params ReadOnlySpan<Argument> arguments)
    {
        var result = Invoke(name, arguments)[0];
        return result.Tag == ValueTag.Double ? BitConverter.Int64BitsToDouble(result.Bits) : result.Bits;
    }

    private static ReadOnlySpan<NativeValue> Invoke(string name, ReadOnlySpan<Argument> arguments)
    {
        var op = Handles.GetOrAdd(name, Find);
        var words = 0;
        foreach (ref readonly var argument in arguments)
            words += WordsBehind(argument);
        var values = stackalloc NativeValue[arguments.Length + 1];
        var behind = stackalloc long[words + 1];
        for (var i = 0; i < arguments.Length; i++)
            behind += Write(arguments[i], values + i, behind);
        NativeValue* results;
        int count;
        Native.Check(Native.ct_call(op, values, arguments.Length, &results, &count));
        foreach (ref readonly var argument in arguments)
            GC.KeepAlive(argument.Reference);
        return new ReadOnlySpan<NativeValue>(results, count);
    }

    private static nint Find(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        nint handle;
        Native.Check(Native.ct_operator(dot < 0 ? name : name[..dot], dot < 0 ? "" : name[(dot + 1)..], &handle));
        return handle;
    }

    private static int WordsBehind(in Argument argument) => argument.Tag switch
    {
        ValueTag.Ints or ValueTag.Doubles or ValueTag.Tensors => (int)argument.Bits,
        ValueTag.String => (Encoding.UTF8.GetByteCount((string)argument.Reference!) / sizeof(long)) + 1,
        _ => 0,
    };

    /// <summary>Writes the value, and what it points to behind it; returns the words used there.</summary>
    private static int Write(in Argument argument, NativeValue* value, long* behind)
    {
        *value = new NativeValue { Tag = argument.Tag, Bits = argument.Bits };
        switch (argument.Tag)
        {
            case ValueTag.Tensor:
                value->Bits = ((torch.Tensor)argument.Reference!).Handle;
                return 0;
            case ValueTag.Ints:
                ((long[])argument.Reference!).CopyTo(new Span<long>(behind, (int)argument.Bits));
                break;
            case ValueTag.Doubles:
                ((double[])argument.Reference!).CopyTo(new Span<double>(behind, (int)argument.Bits));
                break;
            case ValueTag.Tensors:
                var tensors = (torch.Tensor?[])argument.Reference!;
                for (var i = 0; i < tensors.Length; i++)
                    behind[i] = tensors[i]?.Handle ?? 0;
                break;
            case ValueTag.String:
                var text = (string)argument.Reference!;
                value->Count = Encoding.UTF8.GetBytes(text, new Span<byte>(behind, WordsBehind(argument) * sizeof(long)));
                value->Bits = (nint)behind;
                return WordsBehind(argument);
            default:
                return 0;
        }
        value->Count = (int)argument.Bits;
        value->Bits = (nint)behind;
        return value->Count;
    }
}
