namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>Features and weights of a head where the loops want them, checked.</summary>
internal sealed unsafe class ExceedanceWork
{
    private readonly CheckedTensors _tensors = new();

    internal ExceedanceWork(ExceedanceFeatures f, ExceedanceWeights w, ExceedancePersistence persistence)
    {
        long[] rain = f.Rain.shape, perThreshold = f.PerThreshold.shape, states = f.States.shape, scale = w.Scale.shape;
        if (rain.Length != 4 || perThreshold.Length != 5 || states.Length != 5 || scale.Length != 2)
            throw new ArgumentException(
                "The head needs rain of four dimensions, features per threshold and states of five and scales of two.", nameof(f));
        (Batch, RainFeatures, Height, Width) = ((int)rain[0], (int)rain[1], (int)rain[2], (int)rain[3]);
        (Thresholds, ThresholdFeatures, Leads, Channels) = ((int)perThreshold[1], (int)perThreshold[2], (int)scale[0], (int)scale[1]);
        (CoarseHeight, CoarseWidth, Persistence) = ((int)states[3], (int)states[4], persistence);
        if (persistence.Newest >= RainFeatures || persistence.Threshold >= ThresholdFeatures)
            throw new ArgumentException(
                $"There is no feature {persistence.Newest} of {RainFeatures}, or {persistence.Threshold} of {ThresholdFeatures}.",
                nameof(persistence));
        Rain = _tensors.Of(f.Rain, nameof(f.Rain), Batch, RainFeatures, Height, Width);
        PerThreshold = _tensors.Of(f.PerThreshold, nameof(f.PerThreshold), Batch, Thresholds, ThresholdFeatures, Height, Width);
        States = _tensors.Of(f.States, nameof(f.States), Leads, Batch, Channels, CoarseHeight, CoarseWidth);
        Near = _tensors.Of(f.Near.to_type(ScalarType.Float32), nameof(f.Near), Batch, Height, Width);
        Scale = _tensors.Of(w.Scale, nameof(w.Scale), Leads, Channels);
        Shift = _tensors.Of(w.Shift, nameof(w.Shift), Leads, Channels);
        Last = _tensors.Of(w.Last, nameof(w.Last), Channels);
        Steepness = _tensors.Of(w.Steepness, nameof(w.Steepness), Leads);
        // What a pixel gives to the hidden channels and, past them, to the leads is one product.
        ReadRain = Joined(w.ReadRain, w.RainSlopes, RainFeatures);
        ReadRung = Joined(w.ReadRung, w.RungSlopes, ThresholdFeatures);
        Bias = _tensors.Of(cat([w.ReadBias, w.SlopesBias], 0), nameof(w.ReadBias), Channels + Leads);
        // Centres of pixels in units of patches, whose centres are whole numbers.
        CoarseStep = (float)f.SampledPixels.Stride / f.Patch;
        (CoarseRow, CoarseColumn) = (Start(f.SampledPixels.Row, f.Patch), Start(f.SampledPixels.Column, f.Patch));
        LogOdds = empty([Batch, Leads, Thresholds, Height, Width]);
        Results = TensorMemory.Data(LogOdds);
    }

    internal int Batch { get; }

    internal int Height { get; }

    internal int Width { get; }

    internal int Leads { get; }

    internal int Thresholds { get; }

    internal int Channels { get; }

    internal int RainFeatures { get; }

    internal int ThresholdFeatures { get; }

    internal int CoarseHeight { get; }

    internal int CoarseWidth { get; }

    /// <summary>Pixel (i, j) is at row i·step + row and column j·step + column of the raster of the states.</summary>
    internal float CoarseStep { get; }

    internal float CoarseRow { get; }

    internal float CoarseColumn { get; }

    internal ExceedancePersistence Persistence { get; }

    internal float* Rain { get; }

    internal float* PerThreshold { get; }

    /// <summary>1 for the pixels that are computed.</summary>
    internal float* Near { get; }

    internal float* States { get; }

    internal float* Scale { get; }

    internal float* Shift { get; }

    internal float* Last { get; }

    internal float* Steepness { get; }

    /// <summary>(C + L, R), with rows to spare for a block of products.</summary>
    internal float* ReadRain { get; }

    /// <summary>(C + L, K), likewise.</summary>
    internal float* ReadRung { get; }

    /// <summary>(C + L).</summary>
    internal float* Bias { get; }

    internal float* Results { get; }

    internal Tensor LogOdds { get; }

    internal nint Plane => (nint)Height * Width;

    private static float Start(int first, int patch) => ((first + 0.5f) / patch) - 0.5f;

    private float* Joined(Tensor hidden, Tensor leads, int features)
    {
        var spare = zeros([2 * MatrixProduct.Block, features]);
        return _tensors.Of(cat([hidden, leads, spare], 0), nameof(hidden), Channels + Leads + (2 * MatrixProduct.Block), features);
    }
}
