namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// Every nth pixel of every nth row: neighbours are alike, and a training that looks at fewer of a window sees more windows in the same
/// time.
/// </summary>
public readonly record struct SampledPixels(int Stride, int Row, int Column)
{
    public static SampledPixels All { get; } = new(1, 0, 0);

    /// <summary>The sampled pixels of a tensor along two of its dimensions.</summary>
    public Tensor Of(Tensor images, int rows, int columns) => Stride <= 1
        ? images
        : images.slice(rows, Row, images.shape[rows], Stride).slice(columns, Column, images.shape[columns], Stride);
}
