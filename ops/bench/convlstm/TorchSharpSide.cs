namespace ConvLstm.Nowcast.Bench.ConvLstm;

/// <summary>The usual ConvLSTM on the libtorch that ours runs on, with the weights and data of ours.</summary>
internal sealed class TorchSharpSide : IDisposable
{
    private readonly ConvLstmCase _which;
    private readonly UsualConvLstm _network;
    private readonly optim.Optimizer _optimizer;
    private readonly Tensor _past, _truth;

    internal TorchSharpSide(ConvLstmCase which, OurSide ours)
    {
        _which = which;
        using var scope = NewDisposeScope();
        _network = new(which, ours.Weights());
        _optimizer = optim.Adam(_network.Parameters, 1e-3);
        _past = ours.Past.permute(0, 1, 4, 2, 3).contiguous().DetachFromDisposeScope();
        _truth = ours.Truth.permute(0, 1, 4, 2, 3).contiguous().DetachFromDisposeScope();
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _past.Dispose();
        _truth.Dispose();
        foreach (var parameter in _network.Parameters)
            parameter.Dispose();
    }

    /// <summary>The largest difference from our forecast.</summary>
    internal double Difference(OurSide ours)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var setting = new OneDnnSetting(false);
        return (_network.Forward(_past, _which.Leads).permute(0, 1, 3, 4, 2) - ours.Predict()).abs().max().item<float>();
    }

    internal Measured Forecast(int repeat) => AsItComes(repeat, () =>
    {
        using var gradients = no_grad();
        _network.Forward(_past, _which.Leads);
    });

    internal Measured Train(int repeat) => AsItComes(repeat, () =>
    {
        _optimizer.zero_grad();
        var loss = nn.functional.mse_loss(_network.Forward(_past, _which.Leads), _truth);
        loss.backward();
        nn.utils.clip_grad_norm_(_network.Parameters, 1.0);
        _optimizer.step();
        loss.item<float>();
    });

    private Measured AsItComes(int repeat, Action work)
    {
        using var setting = new OneDnnSetting(true);
        return Measured.Of(repeat, _past.device, work);
    }
}
