using System.Globalization;
using ConvLstm.Nowcast.Torch.Interop;

namespace ConvLstm.Nowcast.Torch.Modules
{
    /// <summary>The weights of recurrent layers under PyTorch's names, drawn as there: uniform by the hidden size.</summary>
    internal sealed class RecurrentWeights
    {
        private readonly List<Parameter> all = [];
        private readonly bool bias, batchFirst, bidirectional;
        private readonly long layers, hidden;
        private readonly double dropout;

        internal RecurrentWeights(torch.nn.Module owner, int gates, long input, long hidden, long layers, bool bias, bool batchFirst, double dropout, bool bidirectional)
        {
            (this.hidden, this.layers, this.bias, this.batchFirst, this.dropout, this.bidirectional) = (hidden, layers, bias, batchFirst, dropout, bidirectional);
            var bound = 1 / Math.Sqrt(hidden);
            for (var layer = 0; layer < layers; layer++)
            {
                foreach (var suffix in bidirectional ? ["", "_reverse"] : new[] { "" })
                {
                    var from = layer == 0 ? input : hidden * Directions;
                    Add($"weight_ih_l{layer.ToString(CultureInfo.InvariantCulture)}{suffix}", [gates * hidden, from]);
                    Add($"weight_hh_l{layer.ToString(CultureInfo.InvariantCulture)}{suffix}", [gates * hidden, hidden]);
                    if (!bias)
                        continue;
                    Add($"bias_ih_l{layer.ToString(CultureInfo.InvariantCulture)}{suffix}", [gates * hidden]);
                    Add($"bias_hh_l{layer.ToString(CultureInfo.InvariantCulture)}{suffix}", [gates * hidden]);
                }
            }

            void Add(string name, long[] shape)
            {
                var parameter = torch.nn.Parameter(torch.empty(shape));
                torch.nn.init.uniform_(parameter, -bound, bound);
                owner.register_parameter(name, parameter);
                all.Add(parameter);
            }
        }

        private int Directions => bidirectional ? 2 : 1;

        internal torch.Tensor ZeroState(torch.Tensor input) =>
            torch.zeros([layers * Directions, input.size(batchFirst ? 0 : 1), hidden], input.dtype, input.device);

        internal torch.Tensor?[] Run(string name, torch.Tensor input, Argument states, bool training) => Operator.CallMany(
            name, input, states, all.ToArray<torch.Tensor?>(), bias, layers, dropout, training, bidirectional, batchFirst);
    }

    /// <summary>Hochreiter and Schmidhuber 1997, with forget gates: (T, N, in) → (T, N, hidden) and the last states (layers, N, hidden).</summary>
    public sealed class LSTM : torch.nn.Module<torch.Tensor, (torch.Tensor, torch.Tensor)?, (torch.Tensor, torch.Tensor, torch.Tensor)>
    {
        private readonly RecurrentWeights weights;

        internal LSTM(long input, long hidden, long layers, bool bias, bool batchFirst, double dropout, bool bidirectional)
            : base(nameof(LSTM)) => weights = new(this, 4, input, hidden, layers, bias, batchFirst, dropout, bidirectional);

        public override (torch.Tensor, torch.Tensor, torch.Tensor) forward(torch.Tensor input, (torch.Tensor, torch.Tensor)? h0_c0 = null)
        {
            var (hidden, cell) = h0_c0 ?? (weights.ZeroState(input), weights.ZeroState(input));
            var results = weights.Run("aten::lstm.input", input, new torch.Tensor?[] { hidden, cell }, training);
            return (results[0]!, results[1]!, results[2]!);
        }

        public new (torch.Tensor, torch.Tensor, torch.Tensor) call(torch.Tensor input, (torch.Tensor, torch.Tensor)? h0_c0 = null) => base.call(input, h0_c0);
    }

    /// <summary>Cho et al. 2014: (T, N, in) → (T, N, hidden) and the last state (layers, N, hidden).</summary>
    public sealed class GRU : torch.nn.Module<torch.Tensor, torch.Tensor?, (torch.Tensor, torch.Tensor)>
    {
        private readonly RecurrentWeights weights;

        internal GRU(long input, long hidden, long layers, bool bias, bool batchFirst, double dropout, bool bidirectional)
            : base(nameof(GRU)) => weights = new(this, 3, input, hidden, layers, bias, batchFirst, dropout, bidirectional);

        public override (torch.Tensor, torch.Tensor) forward(torch.Tensor input, torch.Tensor? h0 = null)
        {
            var results = weights.Run("aten::gru.input", input, h0 ?? weights.ZeroState(input), training);
            return (results[0]!, results[1]!);
        }

        public new (torch.Tensor, torch.Tensor) call(torch.Tensor input, torch.Tensor? h0 = null) => base.call(input, h0);
    }
}

namespace ConvLstm.Nowcast.Torch
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.LSTM LSTM(
                long inputSize, long hiddenSize, long numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0.0, bool bidirectional = false) =>
                new(inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional);

            public static Modules.GRU GRU(
                long inputSize, long hiddenSize, long numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0.0, bool bidirectional = false) =>
                new(inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional);
        }
    }
}
