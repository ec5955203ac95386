using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Kernels;
using ConvLstm.Nowcast.Model.Layers;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model.Layers;

[Slow("Compares with the PyTorch of Python.")]
public sealed class ConvLstmCells
{
    private const float Tolerance = 1e-5f;

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task StatesAndGradientsAgreeWithTheSameCellInPyTorch(bool peepholes, bool atOnce)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        manual_seed(3);
        using var cell = CellWithPeepholes(peepholes, ScalarType.Float32);
        var x = randn([4, 2, 3, 9, 7], requires_grad: true);
        var state = atOnce ? cell.Unroll(x.flatten(0, 1), x.shape[0], null).Last : Unroll(cell, x);
        Backpropagation.Run(((state.Hidden * state.Cell) + state.Hidden).sum());
        var tensors = cell.state_dict();
        tensors["x"] = x;
        SafeTensors.Write(folder.File("in.safetensors"), tensors, new Dictionary<string, string>());

        await Python.RunAsync("torch", "model/Layers/convlstm_reference.py", folder.File("in.safetensors"), folder.File("out.safetensors"));

        var (reference, _) = SafeTensors.Read(folder.File("out.safetensors"));
        AssertNear(reference["hidden"], state.Hidden, "hidden");
        AssertNear(reference["cell"], state.Cell, "cell");
        foreach (var (name, tensor) in tensors)
            AssertNear(reference[name + ".grad"], tensor.grad!, name);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void GradientsAgreeWithFiniteDifferences(bool peepholes)
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        using var cell = CellWithPeepholes(peepholes, ScalarType.Float64);
        var x = randn([3, 1, 3, 4, 4], ScalarType.Float64, requires_grad: true);
        Value().backward();

        foreach (var (name, tensor) in cell.state_dict().Append(new("x", x)))
        {
            var gradient = tensor.grad!.data<double>().ToArray();
            for (var i = 0; i < gradient.Length; i += Math.Max(1, gradient.Length / 7))
                Assert.True(Math.Abs(Gradients.Slope(tensor, i, Value) - gradient[i]) < 1e-6 * (1 + Math.Abs(gradient[i])), $"{name}[{i}]");
        }

        Tensor Value()
        {
            var state = Unroll(cell, x);
            return ((state.Hidden * state.Cell) + state.Hidden).sum();
        }
    }

    [Fact]
    public void ACellWithoutInputUnrollsItsState()
    {
        using var scope = NewDisposeScope();
        using var cell = new ConvLstmCell(0, 4, 3, peepholes: false);
        var start = new ConvLstmState(randn([1, 4, 6, 6]), randn([1, 4, 6, 6]));

        var next = cell.call(null, start);

        Assert.Equal([1, 4, 6, 6], next.Hidden.shape);
        Assert.Throws<ArgumentNullException>(() => cell.call(null, null));
    }

    private static ConvLstmCell CellWithPeepholes(bool peepholes, ScalarType type)
    {
        var cell = new ConvLstmCell(3, 5, 3, peepholes).to(type);
        foreach (var parameter in cell.parameters())
            nn.init.uniform_(parameter, -0.5, 0.5);
        return cell;
    }

    private static ConvLstmState Unroll(ConvLstmCell cell, Tensor x)
    {
        ConvLstmState? state = null;
        foreach (var step in x.unbind())
            state = cell.call(step, state);
        return state!.Value;
    }

    private static void AssertNear(Tensor expected, Tensor actual, string what)
    {
        var scale = Math.Max(1, expected.abs().max().item<float>());
        var error = (expected - actual.detach()).abs().max().item<float>();
        Assert.True(error <= Tolerance * scale, $"{what} differs by {error} at a scale of {scale}");
    }
}
