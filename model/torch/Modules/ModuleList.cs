using System.Collections;

namespace ConvLstm.Nowcast.Torch.Modules
{
    /// <summary>Modules in order, registered as "0", "1", …</summary>
    public sealed class ModuleList<T> : torch.nn.Module, IReadOnlyList<T>
        where T : torch.nn.Module
    {
        private readonly List<T> list = [];

        public ModuleList(params T[] modules)
            : base(nameof(ModuleList<T>))
        {
            append(modules);
        }

        public int Count => list.Count;

        public T this[int index] => list[index];

        public void append(params T[] parameters)
        {
            foreach (var module in parameters)
            {
                register_module(list.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), module);
                list.Add(module);
            }
        }

        public IEnumerator<T> GetEnumerator() => list.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

namespace ConvLstm.Nowcast.Torch
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.ModuleList<T> ModuleList<T>(params T[] modules)
                where T : Module => new(modules);
        }
    }
}
