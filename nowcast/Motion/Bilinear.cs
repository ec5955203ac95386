namespace ConvLstm.Nowcast.Motion;

/// <summary>Reads images between their pixels, at positions in pixels: (0, 0) is the centre of the upper-left one.</summary>
internal static class Bilinear
{
    /// <summary>The column and row of each pixel: (2, H, W), x then y.</summary>
    internal static Tensor Positions(long height, long width, Device device)
    {
        var x = arange(0, width, ScalarType.Float32, device).view(1, width).expand(height, width);
        var y = arange(0, height, ScalarType.Float32, device).view(height, 1).expand(height, width);
        return stack([x, y]);
    }

    /// <param name="images">(N, C, H, W).</param>
    /// <param name="positions">(2, H', W'), x then y, in pixels; the same for all images.</param>
    /// <param name="beyond">What stands beyond the edge.</param>
    /// <param name="mode">Bilinear, or the nearest pixel as it is.</param>
    /// <returns>(N, C, H', W').</returns>
    internal static Tensor Sample(Tensor images, Tensor positions, GridSamplePaddingMode beyond,
        GridSampleMode mode = GridSampleMode.Bilinear)
    {
        using var scope = NewDisposeScope();
        var shape = images.shape;
        // grid_sample counts from −1 to 1 between the centres of the outermost pixels.
        var grid = stack([Normalised(positions[0], shape[3]), Normalised(positions[1], shape[2])], -1);
        return nn.functional.grid_sample(
            images, grid.unsqueeze(0).expand(shape[0], -1, -1, -1), mode, beyond, align_corners: true).MoveToOuterDisposeScope();
    }

    private static Tensor Normalised(Tensor position, long size) => (position * (2.0 / Math.Max(1, size - 1))) - 1.0;
}
