using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace ConvLstm.Nowcast.Natives;

/// <summary>
/// TorchSharp 0.107 hands native functions the pointers of its scalars and tensors and not the objects. A scalar that nothing else refers
/// to, such as that of <c>x * 2</c>, may then be collected, and its native part freed, while the function reads it: seen under load as
/// "Expected false to be true" and "Unknown scalar type". What <see cref="GC.KeepAlive"/> is for (its documentation, Remarks) is added to
/// each method that calls a native one.
/// </summary>
internal static class HeldArguments
{
    private static readonly string[] WithPointers = ["TorchSharp.Scalar", "TorchSharp.torch/Tensor"];

    /// <summary>Writes the assembly so, where it is not yet.</summary>
    /// <param name="path">TorchSharp.dll.</param>
    /// <returns>How many methods were changed; 0 where all were.</returns>
    /// <exception cref="BadImageFormatException">It is no .NET assembly.</exception>
    internal static int Hold(string path)
    {
        var changed = 0;
        var written = File.GetLastWriteTimeUtc(path);
        using (var assembly = AssemblyDefinition.ReadAssembly(path, new() { InMemory = true }))
        {
            var module = assembly.MainModule;
            var keepAlive = new MethodReference(nameof(GC.KeepAlive), module.TypeSystem.Void,
                new TypeReference(nameof(System), nameof(GC), module, module.TypeSystem.CoreLibrary))
            {
                Parameters = { new(module.TypeSystem.Object) },
            };
            changed = module.GetTypes().SelectMany(t => t.Methods).Count(m => Hold(m, keepAlive));
            if (changed > 0)
                assembly.Write(path + ".part");
        }
        if (changed > 0)
        {
            // The same time, so that the next build sees no newer file than the one it would copy.
            File.SetLastWriteTimeUtc(path + ".part", written);
            File.Move(path + ".part", path, overwrite: true);
        }
        return changed;
    }

    private static bool Hold(MethodDefinition method, MethodReference keepAlive)
    {
        if (!method.HasBody || method.IsConstructor || method.Name is "Dispose" or "Finalize")
            return false;
        var calls = method.Body.Instructions.Where(i => i.OpCode.FlowControl == FlowControl.Call)
            .Select(i => i.Operand).OfType<MethodReference>().ToList();
        if (!calls.Exists(c => c is MethodDefinition { IsPInvokeImpl: true }) || calls.Exists(c => c.FullName == keepAlive.FullName))
            return false;
        List<ParameterDefinition> held = [.. method.Parameters.Where(p => WithPointers.Contains(p.ParameterType.FullName))];
        if (!method.IsStatic && WithPointers.Contains(method.DeclaringType.FullName))
            held.Add(method.Body.ThisParameter);
        if (held.Count == 0)
            return false;
        method.Body.SimplifyMacros();
        var il = method.Body.GetILProcessor();
        foreach (var end in method.Body.Instructions.Where(i => i.OpCode == OpCodes.Ret).ToList())
        {
            // What jumps to the end jumps to the first of these; the value that is returned stays below on the stack.
            (end.OpCode, end.Operand) = (OpCodes.Nop, null);
            var last = end;
            foreach (var argument in held)
            {
                il.InsertAfter(last, il.Create(OpCodes.Ldarg, argument));
                il.InsertAfter(last.Next, il.Create(OpCodes.Call, keepAlive));
                last = last.Next.Next;
            }
            il.InsertAfter(last, il.Create(OpCodes.Ret));
        }
        method.Body.OptimizeMacros();
        return true;
    }
}
