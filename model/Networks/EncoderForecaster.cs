using ConvLstm.Nowcast.Model.Layers;

namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// The encoder-forecaster of Shi et al. 2015 with ConvLSTM layers, see <see cref="RecurrentForecaster{TLayer, TState}"/>.
/// </summary>
public sealed class EncoderForecaster : RecurrentForecaster<ConvLstmCell, ConvLstmState>
{
    public const string Name = "encoder-forecaster";

    public EncoderForecaster(NetworkOptions options)
        : base(options, (input, hidden) => new(input, hidden, options.Kernel, options.Peepholes)) => RegisterComponents();
}
