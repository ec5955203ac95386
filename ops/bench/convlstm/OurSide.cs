using System.Diagnostics;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Bench.ConvLstm;

/// <summary>The network and the step as the trainer makes it.</summary>
internal sealed class OurSide : IDisposable
{
    private readonly RainNetwork _network;
    private readonly optim.Optimizer _optimizer;
    private readonly Tensor _past, _truth;
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
        _past = rand([which.Batch, which.Past, which.Side, which.Side, 2]).to(device).DetachFromDisposeScope();
        _truth = rand([which.Batch, which.Leads, which.Side, which.Side, 1]).to(device).DetachFromDisposeScope();
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _network.Dispose();
        _past.Dispose();
        _truth.Dispose();
    }

    /// <summary>Weights, data and the forecast, for the peer to do the same and to compare.</summary>
    internal void Write(string path)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var tensors = _network.state_dict();
        tensors["past"] = _past;
        tensors["truth"] = _truth;
        tensors["forecast"] = _network.call(_past, LeadTimes.Every(_which.Leads, 5));
        SafeTensors.Write(path, tensors, new Dictionary<string, string>());
    }

    internal double Forecast(int repeat) => Seconds(repeat, () =>
    {
        using var gradients = no_grad();
        _network.call(_past, LeadTimes.Every(_which.Leads, 5));
    });

    internal double Train(int repeat) => Seconds(repeat, () =>
    {
        _optimizer.zero_grad();
        var loss = nn.functional.mse_loss(_network.call(_past, LeadTimes.Every(_which.Leads, 5)), _truth);
        loss.backward();
        nn.utils.clip_grad_norm_(_network.parameters(), 1.0);
        _optimizer.step();
        loss.item<float>();
    });

    private double Seconds(int repeat, Action work)
    {
        Wait.For(_past.device);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < repeat; i++)
        {
            using var scope = NewDisposeScope();
            work();
        }
        Wait.For(_past.device);
        return Stopwatch.GetElapsedTime(start).TotalSeconds / repeat;
    }
}
