using System.Globalization;

namespace ConvLstm.Nowcast.Torch.Modules
{
    /// <summary>Modules one after the other, registered as "0", "1", … or under the names given.</summary>
    public sealed class Sequential : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly List<torch.nn.Module<torch.Tensor, torch.Tensor>> list = [];

        internal Sequential(IEnumerable<(string Name, torch.nn.Module<torch.Tensor, torch.Tensor> Module)> modules)
            : base(nameof(Sequential))
        {
            foreach (var (name, module) in modules)
            {
                register_module(name, module);
                list.Add(module);
            }
        }

        public int Count => list.Count;

        public override torch.Tensor forward(torch.Tensor input) => list.Aggregate(input, (value, module) => module.call(value));
    }

    /// <summary>Joins the dimensions from one to another.</summary>
    public sealed class Flatten(long start, long end) : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(Flatten))
    {
        public override torch.Tensor forward(torch.Tensor input) => input.flatten(start, end);
    }

    /// <summary>Channels to pixels (Shi et al. 2016).</summary>
    public sealed class PixelShuffle(long factor) : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(PixelShuffle))
    {
        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.pixel_shuffle(input, factor);
    }

    /// <summary>Pixels to channels.</summary>
    public sealed class PixelUnshuffle(long factor) : torch.nn.Module<torch.Tensor, torch.Tensor>(nameof(PixelUnshuffle))
    {
        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.pixel_unshuffle(input, factor);
    }
}

namespace ConvLstm.Nowcast.Torch
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Sequential Sequential(params Module<Tensor, Tensor>[] modules) =>
                new(modules.Select((module, i) => (i.ToString(CultureInfo.InvariantCulture), module)));

            public static Modules.Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) => new(modules);

            public static Modules.Flatten Flatten(long start_dim = 1, long end_dim = -1) => new(start_dim, end_dim);

            public static Modules.PixelShuffle PixelShuffle(long upscale_factor) => new(upscale_factor);

            public static Modules.PixelUnshuffle PixelUnshuffle(long downscale_factor) => new(downscale_factor);
        }
    }
}
