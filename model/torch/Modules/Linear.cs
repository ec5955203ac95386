namespace ConvLstm.Nowcast.Torch.Modules
{
    /// <summary>(…, in) → (…, out).</summary>
    public sealed class Linear : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        internal Linear(long inputSize, long outputSize, bool hasBias)
            : base(nameof(Linear))
        {
            weight = torch.nn.Parameter(torch.empty([outputSize, inputSize]));
            register_parameter(nameof(weight), weight);
            torch.nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
            if (!hasBias)
                return;
            bias = torch.nn.Parameter(torch.empty([outputSize]));
            register_parameter(nameof(bias), bias);
            torch.nn.init.uniform_(bias, -1 / Math.Sqrt(inputSize), 1 / Math.Sqrt(inputSize));
        }

        public Parameter weight { get; }

        public Parameter? bias { get; }

        public override torch.Tensor forward(torch.Tensor input) => torch.nn.functional.linear(input, weight, bias);
    }
}

namespace ConvLstm.Nowcast.Torch
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Linear Linear(long inputSize, long outputSize, bool hasBias = true) => new(inputSize, outputSize, hasBias);
        }
    }
}
