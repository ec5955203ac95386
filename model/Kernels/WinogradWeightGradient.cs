namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>
/// The gradient of the weights and of the bias of a 3×3 convolution, added up over many calls in the domain of the products (Lavin and
/// Gray 2016, section 5). The tiles of a call are cut into shares, whose number depends on the size of the images and not on the threads;
/// each share has its own sums, and these are added in their order: the same input gives the same bits.
/// </summary>
internal sealed unsafe class WinogradWeightGradient<V> : IDisposable
    where V : unmanaged, IFloats<V>
{
    /// <summary>So many shares at most; and from so many tiles on, since sums of one's own cost as much as some hundred tiles.</summary>
    private const int MostShares = 16, TilesOfShare = 1500;

    /// <summary>Sums pass through the registers once for each piece of tiles, so that larger pieces than for a convolution pay.</summary>
    private const int CacheFloats = 3 * WinogradTiles.CacheFloats;

    private readonly int _inputs, _outputs, _deep, _threads, _shares;
    private readonly float* _sums;

    /// <param name="inputs">Channels of the inputs.</param>
    /// <param name="outputs">Channels of the output.</param>
    /// <param name="tiles">Of all calls together, about.</param>
    /// <param name="threads">At most so many; the results are the same bits.</param>
    internal WinogradWeightGradient(int inputs, int outputs, long tiles, int threads)
    {
        (_inputs, _outputs, _threads) = (inputs, outputs, threads);
        // Rows that the products round up to stand behind the last input, wherever the parts begin.
        _deep = inputs + MatrixProduct.Block;
        _shares = (int)Math.Clamp(tiles / TilesOfShare, 2, MostShares);
        _sums = HugePages.Allocate(ShareFloats * _shares);
        var sums = _sums;
        WorkerThreads.Run(_shares, threads, share => new Span<float>(sums + (share * ShareFloats), checked((int)ShareFloats)).Clear());
    }

    ~WinogradWeightGradient() => HugePages.Free(_sums);

    private static int Panel => 2 * V.Width;

    private int Panels => (_outputs + Panel - 1) / Panel;

    private nint ShareFloats => ((nint)Panels * Panel * _deep * WinogradTransforms.Positions) + (Panels * Panel);

    public void Dispose()
    {
        HugePages.Free(_sums);
        GC.SuppressFinalize(this);
    }

    /// <summary>Adds what these inputs and gradients of the output give.</summary>
    /// <param name="parts">Whose channels are the last inputs; earlier ones count as zeros.</param>
    /// <param name="outputGradient">Of the same images.</param>
    internal void Add(Images[] parts, Images outputGradient)
    {
        var inputs = parts.Sum(part => part.Channels);
        var share = new WinogradTiles(outputGradient, inputs + Panel, _shares, CacheFloats);
        WorkerThreads.Run(_shares, _threads, which =>
        {
            for (var piece = which; piece < share.Pieces; piece += _shares)
                Add(share, piece, parts, inputs, outputGradient, _sums + (which * ShareFloats));
        });
    }

    /// <summary>(outputs, inputs, 3, 3) and (outputs).</summary>
    internal void Store(float* weights, float* bias)
    {
        var each = Panel * WinogradTransforms.Positions;
        WorkerThreads.Run(Panels, _threads, panel =>
        {
            var scratch = Scratch.OfThread(each + (27 * V.Width));
            float* sum = scratch.Take(each), half = scratch.Take(18 * V.Width), taps = scratch.Take(9 * V.Width);
            for (var k = 0; k < _inputs; k++)
            {
                for (var position = 0; position < WinogradTransforms.Positions; position++)
                    SumShares(((((nint)panel * WinogradTransforms.Positions) + position) * _deep + k) * Panel, sum + (position * Panel));
                for (var n = 0; n < Panel; n += V.Width)
                {
                    WinogradTransforms.WeightGradient<V>(WinogradTransforms.Patch, sum + n, WinogradTransforms.Patch * Panel, Panel, half,
                        WinogradTransforms.Patch * V.Width, V.Width);
                    WinogradTransforms.WeightGradient<V>(3, half, V.Width, WinogradTransforms.Patch * V.Width, taps, V.Width, 3 * V.Width);
                    for (int i = 0, output = (panel * Panel) + n; i < V.Width && output < _outputs; i++, output++)
                    {
                        for (var tap = 0; tap < 9; tap++)
                            weights[((((nint)output * _inputs) + k) * 9) + tap] = taps[(tap * V.Width) + i];
                    }
                }
            }
            SumShares(ShareFloats - ((Panels - panel) * Panel), sum);
            new Span<float>(sum, Math.Min(Panel, _outputs - (panel * Panel))).CopyTo(new(bias + (panel * Panel), Panel));
        });
    }

    private void Add(in WinogradTiles tiles, int piece, Images[] parts, int inputs, Images outputGradient, float* sums)
    {
        int count = tiles.TilesIn(piece), room = WinogradPatches.Room(Math.Max(inputs, Panel));
        nint patchStep = ((nint)count * inputs) + WinogradConvolution.Shift,
            gradientStep = ((nint)count * Panel) + WinogradConvolution.Shift;
        var scratch = Scratch.OfThread((WinogradTransforms.Positions * (patchStep + gradientStep)) + room);
        float* patches = scratch.Take(WinogradTransforms.Positions * patchStep),
            gradients = scratch.Take(WinogradTransforms.Positions * gradientStep);
        var half = scratch.Take(room);
        WinogradPatches.Inputs<V>(tiles, piece, parts, inputs, patches, patchStep, half);
        var biases = sums + ShareFloats - (Panels * Panel);
        for (var panel = 0; panel < Panels; panel++)
        {
            int first = panel * Panel, columns = Math.Min(Panel, _outputs - first);
            WinogradPatches.OutputGradients<V>(tiles, piece, outputGradient, first, columns, gradients, gradientStep, biases + first, half);
            for (var position = 0; position < WinogradTransforms.Positions; position++)
            {
                var sum = sums + ((((((nint)panel * WinogradTransforms.Positions) + position) * _deep) + _inputs - inputs) * Panel);
                MatrixProduct.Multiply<V>(patches + (position * patchStep), 1, inputs, gradients + (position * gradientStep), inputs,
                    count, sum, true);
            }
        }
    }

    private void SumShares(nint at, float* to)
    {
        for (var n = 0; n < Panel; n += V.Width)
        {
            var sum = V.Load(_sums + at + n);
            for (var share = 1; share < _shares; share++)
                sum += V.Load(_sums + (share * ShareFloats) + at + n);
            V.Store(to + n, sum);
        }
    }
}
