using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Kernels;
using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Bench.ConvLstm;

/// <summary>The network and the step as the trainer makes it.</summary>
internal sealed class OurSide : IDisposable
{
    private readonly RainNetwork _network;
    private readonly optim.Optimizer _optimizer;
    private readonly ConvLstmCase _which;

    internal OurSide(ConvLstmCase which, Device device)
    {
        _which = which;
        using var scope = NewDisposeScope();
        manual_seed(1);
        _network = NetworkRegistry.Create(which.Network);
        foreach (var parameter in _network.parameters())
            nn.init.uniform_(parameter, -0.05, 0.05);
        _network.to(device);
        _optimizer = optim.Adam(_network.parameters(), 1e-3);
        Past = rand([which.Batch, which.Past, which.Side, which.Side, 2]).to(device).DetachFromDisposeScope();
        Truth = rand([which.Batch, which.Leads, which.Side, which.Side, 1]).to(device).DetachFromDisposeScope();
    }

    /// <summary>(batch, time, H, W, channels).</summary>
    internal Tensor Past { get; }

    /// <summary>(batch, leads, H, W, 1).</summary>
    internal Tensor Truth { get; }

    public void Dispose()
    {
        _optimizer.Dispose();
        _network.Dispose();
        Past.Dispose();
        Truth.Dispose();
    }

    internal IReadOnlyDictionary<string, Tensor> Weights() => _network.state_dict();

    internal Tensor Predict() => _network.call(Past, LeadTimes.Every(_which.Leads, 5));

    /// <summary>Weights, data and the forecast, for a peer in another process to do the same and to compare.</summary>
    internal void Write(string path)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var tensors = _network.state_dict();
        tensors["past"] = Past;
        tensors["truth"] = Truth;
        tensors["forecast"] = Predict();
        SafeTensors.Write(path, tensors, new Dictionary<string, string>());
    }

    internal Measured Forecast(int repeat) => Measured.Of(repeat, Past.device, () =>
    {
        using var gradients = no_grad();
        Predict();
    });

    internal Measured Train(int repeat) => Measured.Of(repeat, Past.device, () =>
    {
        _optimizer.zero_grad();
        var loss = nn.functional.mse_loss(Predict(), Truth);
        Backpropagation.Run(loss);
        nn.utils.clip_grad_norm_(_network.parameters(), 1.0);
        _optimizer.step();
        loss.item<float>();
    });
}
