using ConvLstm.Nowcast.Model.Layers;
using ConvLstm.Nowcast.Model.Networks;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model.Layers;

/// <summary>The fused operator gives the numbers of the plain ones.</summary>
public sealed class FusedAndPlain
{
    private const int Steps = 4, Batch = 2, Inputs = 3;

    public static TheoryData<bool, bool, bool, int, string> Cases
    {
        get
        {
            var data = new TheoryData<bool, bool, bool, int, string>();
            foreach (var (hidden, activation) in new[] { (1, Activations.Tanh), (5, Activations.Tanh), (24, Activations.Tanh), (5, Activations.Relu), (24, Activations.Relu) })
            {
                data.Add(true, false, false, hidden, activation);
                data.Add(true, true, false, hidden, activation);
                data.Add(false, true, false, hidden, activation);
                data.Add(true, true, true, hidden, activation);
                data.Add(false, true, true, hidden, activation);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void GradientsAgreeInDouble(bool input, bool started, bool checkpointed, int hidden, string activation)
    {
        using var scope = NewDisposeScope();
        AssertSame(Both(input, started, checkpointed, hidden, activation, ScalarType.Float64), 1e-6);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void GradientsAgreeInSingle(bool input, bool started, bool checkpointed, int hidden, string activation)
    {
        using var scope = NewDisposeScope();
        AssertSame(Both(input, started, checkpointed, hidden, activation, ScalarType.Float32), 1e-4);
    }

    [Fact]
    public void ForecastsOfOneNetworkAgree()
    {
        using var scope = NewDisposeScope();
        manual_seed(6);
        using var network = new EncoderForecaster(new NetworkOptions { Hidden = [16, 8] });
        foreach (var parameter in network.parameters())
            nn.init.uniform_(parameter, -0.2, 0.2);
        var past = rand([2, 5, 20, 18, 2]);
        using var gradients = no_grad();

        var fused = network.call(past, LeadTimes.Every(6, 5));
        foreach (var cell in network.modules().OfType<ConvLstmCell>())
            cell.Fused = false;
        var plain = network.call(past, LeadTimes.Every(6, 5));

        Assert.Equal([2, 6, 20, 18, 1], fused.shape);
        Assert.True((fused - past.select(1, 4).narrow(3, 0, 1).unsqueeze(1)).abs().max().item<float>() > 0.05f);
        Assert.True((fused - plain).abs().max().item<float>() < 1e-5f);
    }

    [Theory]
    [InlineData(Activations.Tanh)]
    [InlineData(Activations.Relu)]
    public void ExtremeGatesSaturateAndNothingElse(string activation)
    {
        using var scope = NewDisposeScope();
        using var cell = new ConvLstmCell(1, 1, 1, peepholes: false, activation);
        foreach (var parameter in cell.parameters())
            nn.init.ones_(parameter);
        using var gradients = no_grad();
        var x = tensor([-1e30f, -100f, -20f, -1e-4f, 0f, 1e-4f, 20f, 100f, 1e30f, float.NaN], [1, 1, 1, 10]);

        var (_, fused) = cell.Unroll(x, 1, null);
        cell.Fused = false;
        var (_, plain) = cell.Unroll(x, 1, null);

        Assert.True(fused.Hidden.narrow(3, 0, 9).allclose(plain.Hidden.narrow(3, 0, 9), 1e-6, 1e-30));
        Assert.True(float.IsNaN(fused.Cell.view(10)[9].item<float>()));
    }

    private static (Dictionary<string, Tensor> Fused, Dictionary<string, Tensor> Plain) Both(
        bool input, bool started, bool checkpointed, int hidden, string activation, ScalarType type)
    {
        manual_seed(5);
        using var cell = new ConvLstmCell(input ? Inputs : 0, hidden, 3, peepholes: false, activation) { Checkpointed = checkpointed }.to(type);
        var x = input ? randn([Steps * Batch, Inputs, 7, 9], type, requires_grad: true) : null;
        var start = started ? new ConvLstmState(randn([Batch, hidden, 7, 9], type, requires_grad: true), randn([Batch, hidden, 7, 9], type, requires_grad: true)) : (ConvLstmState?)null;
        var seeds = new[] { randn([Steps * Batch, hidden, 7, 9], type), randn([Batch, hidden, 7, 9], type), randn([Batch, hidden, 7, 9], type) };
        return (Run(true), Run(false));

        Dictionary<string, Tensor> Run(bool fused)
        {
            cell.Fused = fused;
            var leaves = cell.named_parameters().Select(p => (p.name, tensor: (Tensor)p.parameter)).ToList();
            if (x is not null)
                leaves.Add(("x", x));
            if (start is ConvLstmState s)
                leaves.AddRange([("hidden", s.Hidden), ("cell", s.Cell)]);
            leaves.ForEach(l => l.tensor.grad = null);
            var (all, last) = cell.Unroll(x, Steps, start);
            ((all * seeds[0]).sum() + (last.Hidden * seeds[1]).sum() + (last.Cell * seeds[2]).sum()).backward();
            var results = leaves.ToDictionary(l => "gradient of " + l.name, l => l.tensor.grad!.clone());
            results["hidden states"] = all.detach();
            results["last cell state"] = last.Cell.detach();
            return results;
        }
    }

    private static void AssertSame((Dictionary<string, Tensor> Fused, Dictionary<string, Tensor> Plain) results, double tolerance)
    {
        Assert.Equal(results.Plain.Keys.Order(), results.Fused.Keys.Order());
        foreach (var (name, plain) in results.Plain)
        {
            var error = (results.Fused[name] - plain).norm().item<double>() / plain.norm().item<double>();
            Assert.True(error < tolerance, $"{name}: relative error {error}");
        }
    }
}
