namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>Takes the results of a row of pixels while they are in the cache.</summary>
/// <param name="first">The first pixel, counted over all images.</param>
/// <param name="count">How many.</param>
/// <param name="values">(count, outputs).</param>
internal unsafe delegate void PixelRow(nint first, int count, float* values);

/// <summary>
/// 3×3 convolutions with stride 1 and padding 1 by F(4×4, 3×3): 36 products for 16 pixels where the plain sum makes 144 (Lavin and Gray
/// 2016).
/// </summary>
internal static unsafe class WinogradConvolution
{
    /// <summary>Between positions: at a power of two apart they would share lines of the cache.</summary>
    internal const int Shift = 16;

    /// <summary>
    /// The convolution over the channels of all parts together, which are the last inputs of the weights: earlier ones count as zeros.
    /// </summary>
    /// <param name="parts">Images of one size.</param>
    /// <param name="weights">From <see cref="WinogradWeights{V}"/>.</param>
    /// <param name="bias">One number for each output, or null.</param>
    /// <param name="threads">At most so many; the results are the same bits.</param>
    /// <param name="then">Called for all pixels, from several threads.</param>
    internal static void Run<V>(Images[] parts, WinogradWeights<V> weights, float* bias, int threads, PixelRow then)
        where V : unmanaged, IFloats<V>
    {
        int inputs = 0, outputs = weights.Outputs, panel = 2 * V.Width;
        foreach (var part in parts)
            inputs += part.Channels;
        var tiles = new WinogradTiles(parts[0], inputs, threads);
        var rows = MatrixProduct.RoundUp(tiles.Piece);
        nint patchStep = ((nint)rows * inputs) + Shift, productStep = ((nint)rows * panel) + Shift;
        var skipped = weights.Data + ((nint)(weights.Inputs - inputs) * panel);
        WorkerThreads.Run(tiles.Pieces, threads, piece =>
        {
            var room = WinogradPatches.Room(Math.Max(inputs, outputs));
            nint asideFloats = ((nint)tiles.Piece * 16 * outputs) + panel;
            var scratch = Scratch.OfThread((WinogradTransforms.Positions * (patchStep + productStep)) + room + asideFloats);
            float* patches = scratch.Take(WinogradTransforms.Positions * patchStep),
                products = scratch.Take(WinogradTransforms.Positions * productStep);
            float* half = scratch.Take(room), aside = scratch.Take(asideFloats);
            var count = tiles.TilesIn(piece);
            WinogradPatches.Inputs<V>(tiles, piece, parts, inputs, patches, patchStep, half);
            for (var i = 0; i < weights.Panels; i++)
            {
                int from = i * panel, columns = Math.Min(panel, outputs - from);
                for (var position = 0; position < WinogradTransforms.Positions; position++)
                {
                    var right = skipped + ((((nint)i * WinogradTransforms.Positions) + position) * weights.Inputs * panel);
                    MatrixProduct.Multiply<V>(patches + (position * patchStep), inputs, 1, right, count, inputs,
                        products + (position * productStep), false);
                }
                Outputs<V>(tiles, piece, products, productStep, columns, bias == null ? null : bias + from, aside + from, outputs, half);
            }
            Rows(tiles, piece, parts[0], aside, outputs, then);
        });
    }

    /// <summary>The products of one panel to pixels: each run of tiles is four rows of pixels, one after the other.</summary>
    private static void Outputs<V>(
        in WinogradTiles tiles, int piece, float* products, nint productStep, int columns, float* bias, float* target, int outputs,
            float* half)
        where V : unmanaged, IFloats<V>
    {
        const int Tile = WinogradTransforms.Tile;
        for (int done = 0, count = tiles.TilesIn(piece); done < count;)
        {
            var run = tiles.RunAt(piece, done);
            var row = (nint)run.Count * Tile * outputs;
            for (var i = 0; i < run.Count; i++)
            {
                WinogradPatches.Outputs<V>(
                    products + ((nint)(done + i) * 2 * V.Width), productStep, columns, bias,
                    target + (((nint)done * Tile) + i) * Tile * outputs, row, outputs, half);
            }
            done += run.Count;
        }
    }

    private static void Rows(in WinogradTiles tiles, int piece, Images image, float* values, int outputs, PixelRow then)
    {
        const int Tile = WinogradTransforms.Tile;
        for (int done = 0, count = tiles.TilesIn(piece); done < count;)
        {
            var run = tiles.RunAt(piece, done);
            var width = Math.Min(Tile * run.Count, image.Width - (Tile * run.Column));
            for (var y = 0; y < Tile && (Tile * run.Row) + y < image.Height; y++)
            {
                then(
                    (((((nint)run.Image * image.Height) + (Tile * run.Row) + y) * image.Width) + (Tile * run.Column)), width,
                    values + ((((nint)done * Tile) + ((nint)y * run.Count)) * Tile * outputs));
            }
            done += run.Count;
        }
    }
}
