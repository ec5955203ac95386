using System.Diagnostics;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Bench.ConvLstm;

/// <summary>The network and the step as the trainer makes it.</summary>
internal sealed class OurSide : IDisposable
{
    private readonly RainNetwork network;
    private readonly optim.Optimizer optimizer;
    private readonly Tensor past, truth;
    private readonly ConvLstmCase which;

    internal OurSide(ConvLstmCase which, Device device)
    {
        this.which = which;
        using var scope = NewDisposeScope();
        manual_seed(1);
        network = NetworkRegistry.Create(which.Network);
        foreach (var parameter in network.parameters())
            nn.init.uniform_(parameter, -0.05, 0.05);
        network.to(device);
        optimizer = optim.Adam(network.parameters(), 1e-3);
        past = rand([which.Batch, which.Past, which.Side, which.Side, 2]).to(device).DetachFromDisposeScope();
        truth = rand([which.Batch, which.Leads, which.Side, which.Side, 1]).to(device).DetachFromDisposeScope();
    }

    public void Dispose()
    {
        optimizer.Dispose();
        network.Dispose();
        past.Dispose();
        truth.Dispose();
    }

    /// <summary>Weights, data and the forecast, for the peer to do the same and to compare.</summary>
    internal void Write(string path)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var tensors = network.state_dict();
        tensors["past"] = past;
        tensors["truth"] = truth;
        tensors["forecast"] = network.call(past, LeadTimes.Every(which.Leads, 5));
        SafeTensors.Write(path, tensors, new Dictionary<string, string>());
    }

    internal double Forecast(int repeat) => Seconds(repeat, () =>
    {
        using var gradients = no_grad();
        network.call(past, LeadTimes.Every(which.Leads, 5));
    });

    internal double Train(int repeat) => Seconds(repeat, () =>
    {
        optimizer.zero_grad();
        var loss = nn.functional.mse_loss(network.call(past, LeadTimes.Every(which.Leads, 5)), truth);
        loss.backward();
        nn.utils.clip_grad_norm_(network.parameters(), 1.0);
        optimizer.step();
        loss.item<float>();
    });

    private double Seconds(int repeat, Action work)
    {
        Wait.For(past.device);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < repeat; i++)
        {
            using var scope = NewDisposeScope();
            work();
        }
        Wait.For(past.device);
        return Stopwatch.GetElapsedTime(start).TotalSeconds / repeat;
    }
}
