namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>The weights of a 3×3 convolution as the products need them: [panel of outputs][36 positions][input][panel].</summary>
internal sealed unsafe class WinogradWeights<V> : IDisposable
    where V : unmanaged, IFloats<V>
{
    private const int Taps = 9;

    private WinogradWeights(int inputs, int outputs)
    {
        (Inputs, Outputs) = (inputs, outputs);
        Data = HugePages.Allocate((nint)Panels * WinogradTransforms.Positions * inputs * Panel);
    }

    ~WinogradWeights() => HugePages.Free(Data);

    internal static int Panel => 2 * V.Width;

    internal int Inputs { get; }

    internal int Outputs { get; }

    internal int Panels => (Outputs + Panel - 1) / Panel;

    internal float* Data { get; private set; }

    /// <param name="weights">(outputs, inputs, 3, 3) without gaps.</param>
    /// <param name="threads">At most so many.</param>
    internal static WinogradWeights<V> Forward(Tensor weights, int threads)
    {
        var packed = new WinogradWeights<V>((int)weights.shape[1], (int)weights.shape[0]);
        packed.Fill(TensorMemory.Data(weights), Taps, packed.Inputs * Taps, flipped: false, threads);
        return packed;
    }

    /// <summary>Of the convolution that leads gradients of the outputs back to the inputs.</summary>
    /// <param name="weights">(outputs, inputs, 3, 3) without gaps.</param>
    /// <param name="threads">At most so many.</param>
    internal static WinogradWeights<V> Backward(Tensor weights, int threads)
    {
        var packed = new WinogradWeights<V>((int)weights.shape[0], (int)weights.shape[1]);
        packed.Fill(TensorMemory.Data(weights), packed.Outputs * Taps, Taps, flipped: true, threads);
        return packed;
    }

    public void Dispose()
    {
        HugePages.Free(Data);
        Data = null;
        GC.SuppressFinalize(this);
    }

    private void Fill(float* weights, nint inputStride, nint outputStride, bool flipped, int threads)
    {
        const int Share = 16;
        var shares = (Inputs + Share - 1) / Share;
        WorkerThreads.Run(Panels * shares, threads, piece =>
        {
            int panel = piece / shares, from = piece % shares * Share, columns = Math.Min(Panel, Outputs - (panel * Panel));
            var scratch = Scratch.OfThread((Taps * Panel) + (18 * V.Width));
            float* taps = scratch.Take(Taps * Panel), half = scratch.Take(18 * V.Width);
            new Span<float>(taps, Taps * Panel).Clear();
            for (var k = from; k < Math.Min(from + Share, Inputs); k++)
            {
                var source = weights + (k * inputStride) + (panel * Panel * outputStride);
                for (var n = 0; n < columns; n++, source += outputStride)
                {
                    for (var i = 0; i < Taps; i++)
                        taps[(i * Panel) + n] = source[flipped ? Taps - 1 - i : i];
                }
                Transform(taps, half, Data + ((((nint)panel * WinogradTransforms.Positions * Inputs) + k) * Panel));
            }
        });
    }

    private void Transform(float* taps, float* half, float* to)
    {
        var position = (nint)Inputs * Panel;
        for (var n = 0; n < Panel; n += V.Width)
        {
            WinogradTransforms.Weights<V>(3, taps + n, 3 * Panel, Panel, half, 3 * V.Width, V.Width);
            WinogradTransforms.Weights<V>(WinogradTransforms.Patch, half, V.Width, 3 * V.Width, to + n, position,
                WinogradTransforms.Patch * position);
        }
    }
}
