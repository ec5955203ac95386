using ConvLstm.Nowcast.Model.Layers;
using ConvLstm.Nowcast.Model.Training;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model.Layers;

/// <summary>bfloat16 has eight bits: products are good to some thousandths.</summary>
public sealed class LowerPrecision
{
    private const double Coarse = 0.03;

    [Fact]
    public void InBfloat16StatesStayInSingleAndGradientsStayNear()
    {
        using var scope = NewDisposeScope();
        manual_seed(12);
        using var cell = new ConvLstmCell(3, 8, 3, peepholes: false);
        var x = randn([6, 3, 12, 10], requires_grad: true);

        var exact = Run(false);
        var low = Run(true);

        Assert.Equal(ScalarType.Float32, low.State.dtype);
        Assert.All(low.Values, v => Assert.Equal(ScalarType.Float32, v.dtype));
        foreach (var (expected, actual) in exact.Values.Zip(low.Values))
            Assert.InRange((actual - expected).norm().item<float>() / expected.norm().item<float>(), 1e-6, Coarse);

        (Tensor State, Tensor[] Values) Run(bool on)
        {
            Tensor[] leaves = [x, .. cell.parameters()];
            foreach (var leaf in leaves)
                leaf.grad = null;
            ConvLstmState last;
            Tensor hidden;
            using (var precision = new Bfloat16Convolutions(cell, on))
                (hidden, last) = cell.Unroll(x, 3, null);
            ((hidden * hidden).sum() + last.Cell.sum()).backward();
            return (last.Cell, [hidden.detach(), .. leaves.Select(l => l.grad!.clone())]);
        }
    }

    [Fact]
    public void OutsideOfItsBlockNothingIsRounded()
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        manual_seed(12);
        using var cell = new ConvLstmCell(3, 8, 3, peepholes: false);
        var x = randn([6, 3, 12, 10]);
        var before = cell.Unroll(x, 3, null).Hidden;
        using (new Bfloat16Convolutions(cell, true))
            Assert.False(before.Equals(cell.Unroll(x, 3, null).Hidden));

        Assert.Equal(before, cell.Unroll(x, 3, null).Hidden);
        Assert.False(Bfloat16Convolutions.Gain(CPU));
    }
}
