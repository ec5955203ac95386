using ConvLstm.Nowcast.Model.Kernels;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model.Kernels;

/// <summary>A size of a ConvLSTM layer and of its images.</summary>
public sealed record LayerSize(int Height, int Width, int Channels, int Inputs, int Batch, int Steps)
{
    public override string ToString() => $"{Steps}×{Batch} of {Height}×{Width}, {Inputs}→{Channels} channels";
}

/// <summary>The tensors of a layer in double, and the same layer by the kernel in single and by operators in double.</summary>
internal sealed record ConvLstmOperators(Tensor? Input, Tensor? Hidden, Tensor? Cell, Tensor? InputWeight, Tensor StateWeight,
    Tensor Bias, Tensor[] Seeds, bool Relu)
{
    private static readonly string[] Names = ["input", "hidden state", "cell state", "weight of the input", "weight of the state", "bias"];

    internal static ConvLstmOperators Random(LayerSize size, bool input, bool started, bool relu)
    {
        manual_seed(5);
        var c = size.Channels;
        var bound = 1 / Math.Sqrt(9 * (c + size.Inputs));
        Tensor Normal(params long[] shape) => randn(shape, ScalarType.Float64);
        Tensor Weight(long channels) => ((rand([4 * c, channels, 3, 3], ScalarType.Float64) * 2) - 1) * bound;
        Tensor? State() => started ? Normal(size.Batch, c, size.Height, size.Width) : null;
        var all = size.Steps * size.Batch;
        return new(
            input ? Normal(all, size.Inputs, size.Height, size.Width) : null, State(), State(), input ? Weight(size.Inputs)
                : null, Weight(c), Normal(4 * c),
            [Normal(all, c, size.Height, size.Width), Normal(size.Batch, c, size.Height, size.Width),
                Normal(size.Batch, c, size.Height, size.Width)], relu);
    }

    /// <summary>States and gradients by name.</summary>
    internal Dictionary<string, Tensor> ByOperators(int steps) => Run(ScalarType.Float64, t => Unrolled(t, steps), loss => loss.backward());

    internal Dictionary<string, Tensor> ByKernel(int steps, bool recompute, KernelOptions options) => Run(
        ScalarType.Float32,
        t => ConvLstmKernel.Unroll(t[0], t[1], t[2], t[3], t[4]!, t[5]!, new(steps, recompute, Relu, options)),
        Backpropagation.Run);

    /// <summary>The error in the norm, relative to the norm of what is expected, below a bound for each.</summary>
    internal static void AssertNear(Dictionary<string, Tensor> expected, Dictionary<string, Tensor> actual, double bound)
    {
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        Assert.All(expected, pair =>
        {
            var norm = pair.Value.norm().item<double>();
            var error = (pair.Value - actual[pair.Key].to_type(ScalarType.Float64)).norm().item<double>();
            Assert.True(error <= bound * norm, $"{pair.Key}: {error / norm} of its norm");
        });
    }

    private Dictionary<string, Tensor> Run(ScalarType type, Func<Tensor?[], (Tensor All, Tensor Last, Tensor Cell)> unroll,
        Action<Tensor> backward)
    {
        Tensor?[] leaves = [.. new[] { Input, Hidden, Cell, InputWeight, StateWeight, Bias }.Select(t =>
            t?.to_type(type).clone().requires_grad_())];
        var (all, last, cell) = unroll(leaves);
        var seeds = Seeds.Select(seed => seed.to_type(type)).ToArray();
        backward((all * seeds[0]).sum() + (last * seeds[1]).sum() + (cell * seeds[2]).sum());
        var results = new Dictionary<string, Tensor>
        {
            ["hidden states"] = all.detach(), ["last hidden state"] = last.detach(),
            ["last cell state"] = cell.detach()
        };
        foreach (var (name, leaf) in Names.Zip(leaves))
        {
            if (leaf is not null)
                results["gradient of " + name] = leaf.grad ?? zeros_like(leaf);
        }
        return results;
    }

    private (Tensor All, Tensor Last, Tensor Cell) Unrolled(Tensor?[] t, int steps)
    {
        var (input, hidden, cell, inputs) = (t[0], t[1], t[2], t[0]?.chunk(steps, 0));
        var all = new List<Tensor>();
        for (var step = 0; step < steps; step++)
        {
            var gates = t[5]!.view(1, -1, 1, 1);
            if (input is not null)
                gates = gates + nn.functional.conv2d(inputs![step], t[3]!, padding: [1, 1]);
            if (hidden is not null)
                gates = gates + nn.functional.conv2d(hidden, t[4]!, padding: [1, 1]);
            var parts = gates.chunk(4, 1);
            var made = parts[0].sigmoid() * Bent(parts[2]);
            cell = cell is null ? made : (parts[1].sigmoid() * cell) + made;
            hidden = parts[3].sigmoid() * Bent(cell);
            all.Add(hidden);
        }
        return (cat(all, 0), hidden!, cell!);
    }

    private Tensor Bent(Tensor values) => Relu ? values.relu() : values.tanh();
}
