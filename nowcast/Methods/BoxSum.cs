namespace ConvLstm.Nowcast.Methods;

/// <summary>Sums over boxes around each pixel, by running sums: the cost does not grow with the box.</summary>
internal static class BoxSum
{
    /// <param name="images">(N, H, W); exact for counts up to 2²⁴ along a line.</param>
    /// <param name="radiusY">Rows on each side.</param>
    /// <param name="radiusX">Columns on each side.</param>
    /// <returns>(N, H, W); beyond the edge nothing is added.</returns>
    internal static Tensor Of(Tensor images, int radiusY, int radiusX)
    {
        using var scope = NewDisposeScope();
        return AlongLast(AlongLast(images, radiusX).transpose(1, 2).contiguous(), radiusY)
            .transpose(1, 2).contiguous().MoveToOuterDisposeScope();
    }

    private static Tensor AlongLast(Tensor images, int radius)
    {
        if (radius == 0)
            return images;
        var length = images.shape[2];
        var sums = nn.functional.pad(images, [radius + 1, radius]).cumsum(2);
        return sums.narrow(2, (2 * radius) + 1, length) - sums.narrow(2, 0, length);
    }
}
