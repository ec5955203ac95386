using System.Reflection;
using ConvLstm.Nowcast.Torch.Modules;

namespace ConvLstm.Nowcast.Torch;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A part of a network: parameters, buffers and submodules by name. Owns and frees them.</summary>
        public class Module : IDisposable
        {
            private readonly List<(string Name, Module Module)> submodules = [];
            private readonly List<(string Name, Parameter Parameter)> ownParameters = [];
            private readonly List<(string Name, Tensor Buffer)> ownBuffers = [];
            private readonly string name;

            protected Module(string name) => this.name = name;

            public bool training { get; private set; } = true;

            public virtual string GetName() => name;

            /// <summary>Registers the modules, parameters and tensors in the fields of this object under the fields' names.</summary>
            protected virtual void RegisterComponents()
            {
                foreach (var field in GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
                {
                    switch (field.GetValue(this))
                    {
                        case Module module: register_module(field.Name, module); break;
                        case Parameter parameter: register_parameter(field.Name, parameter); break;
                        case Tensor buffer: register_buffer(field.Name, buffer); break;
                        default: break;
                    }
                }
            }

            public virtual void register_module(string name, Module submodule)
            {
                if (!submodules.Exists(s => s.Name == name))
                    submodules.Add((name, submodule));
            }

            public virtual void register_parameter(string name, Parameter param)
            {
                if (ownParameters.Exists(p => p.Name == name))
                    return;
                ownParameters.Add((name, param));
                param.DetachFromDisposeScope();
            }

            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                if (ownBuffers.Exists(b => b.Name == name))
                    return;
                ownBuffers.Add((name, tensor));
                tensor.DetachFromDisposeScope();
            }

            public virtual IEnumerable<(string name, Module module)> named_children() => submodules;

            public virtual IEnumerable<Module> children() => submodules.Select(s => s.Module);

            /// <summary>All modules below this one.</summary>
            public virtual IEnumerable<Module> modules() => children().SelectMany(m => m.modules().Prepend(m));

            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) =>
                Named(m => m.ownParameters, recurse);

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(p => p.parameter);

            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true) =>
                Named(m => m.ownBuffers, recurse);

            /// <summary>All parameters and buffers by their dotted names; not copies.</summary>
            public virtual Dictionary<string, Tensor> state_dict()
            {
                var state = new Dictionary<string, Tensor>(StringComparer.Ordinal);
                foreach (var (key, parameter) in named_parameters())
                    state[key] = parameter;
                foreach (var (key, buffer) in named_buffers())
                    state[key] = buffer;
                return state;
            }

            /// <summary>Copies the values of <paramref name="source"/> into the parameters and buffers of the same names.</summary>
            /// <exception cref="InvalidOperationException">Strict, and a name is missing or too many.</exception>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true)
            {
                ArgumentNullException.ThrowIfNull(source);
                var own = state_dict();
                var missing = own.Keys.Where(k => !source.ContainsKey(k)).ToList();
                var unexpected = source.Keys.Where(k => !own.ContainsKey(k)).ToList();
                if (strict && missing.Count + unexpected.Count > 0)
                    throw new InvalidOperationException($"The weights do not fit the network: missing [{string.Join(", ", missing)}], unexpected [{string.Join(", ", unexpected)}].");
                using var gradients = no_grad();
                foreach (var (key, target) in own)
                {
                    if (source.TryGetValue(key, out var value))
                        target.copy_(value);
                }
                return (missing, unexpected);
            }

            public virtual void train(bool train = true)
            {
                training = train;
                foreach (var (_, module) in submodules)
                    module.train(train);
            }

            public virtual void eval() => train(false);

            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var parameter in parameters())
                    parameter.grad = null;
            }

            /// <summary>Moves parameters and buffers; in TorchSharp <c>module.to(device)</c> is an extension method that returns the module.</summary>
            internal void Move(ScalarType? type, Device? device)
            {
                using var scope = NewDisposeScope();
                using var gradients = no_grad();
                foreach (var tensor in named_parameters().Select(p => (Tensor)p.parameter).Concat(named_buffers().Select(b => b.buffer)))
                {
                    var wanted = tensor.dtype is ScalarType.Float32 or ScalarType.Float64 ? type ?? tensor.dtype : tensor.dtype;
                    tensor.SetData(tensor.to(wanted, device ?? tensor.device));
                }
            }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (!disposing)
                    return;
                foreach (var (_, module) in submodules)
                    module.Dispose();
                foreach (var (_, parameter) in ownParameters)
                    parameter.Dispose();
                foreach (var (_, buffer) in ownBuffers)
                    buffer.Dispose();
            }

            private IEnumerable<(string Name, T Value)> Named<T>(Func<Module, List<(string Name, T Value)>> own, bool recurse)
            {
                foreach (var entry in own(this))
                    yield return entry;
                if (!recurse)
                    yield break;
                foreach (var (prefix, module) in submodules)
                {
                    foreach (var (inner, value) in module.Named(own, true))
                        yield return ($"{prefix}.{inner}", value);
                }
            }
        }

        /// <summary>A module of one input.</summary>
        public abstract class Module<T, TResult> : Module
        {
            protected Module(string name)
                : base(name)
            {
            }

            public abstract TResult forward(T input);

            public TResult call(T input) => forward(input);
        }

        /// <summary>A module of two inputs.</summary>
        public abstract class Module<T1, T2, TResult> : Module
        {
            protected Module(string name)
                : base(name)
            {
            }

            public abstract TResult forward(T1 input1, T2 input2);

            public TResult call(T1 input1, T2 input2) => forward(input1, input2);
        }
    }
}

/// <summary>What TorchSharp gives modules as extension methods, so that the type of the module is kept.</summary>
public static class ModuleExtensionMethods
{
    public static T to<T>(this T module, torch.Device device)
        where T : torch.nn.Module
    {
        ArgumentNullException.ThrowIfNull(module);
        module.Move(null, device);
        return module;
    }

    public static T to<T>(this T module, ScalarType type)
        where T : torch.nn.Module
    {
        ArgumentNullException.ThrowIfNull(module);
        module.Move(type, null);
        return module;
    }
}
