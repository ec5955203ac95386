using ConvLstm.Nowcast.Model.Kernels;

namespace ConvLstm.Nowcast.Model.Layers;

/// <summary>
/// Means over boxes of several sizes around each pixel, of the observed pixels only (normalised convolution, Knutsson and
/// Westin 1993). Large boxes are computed on a coarse raster and interpolated, so that they cost little.
/// </summary>
internal static class MultiScaleBlur
{
    /// <param name="images">(N, C, H, W).</param>
    /// <param name="mask">(N, 1, H, W), 1 where observed.</param>
    /// <param name="radius">Pixels on each side; 0 gives the images back.</param>
    /// <returns>(N, C, H, W), 0 where nothing was observed in the box.</returns>
    internal static Tensor Mean(Tensor images, Tensor mask, int radius)
    {
        if (radius == 0)
            return images;
        return BoxMeanKernel.Takes(images) ? BoxMeanKernel.Mean(images, mask, radius, KernelOptions.Default) : Plain(images, mask, radius);
    }

    /// <summary>In operators that every device has.</summary>
    internal static Tensor Plain(Tensor images, Tensor mask, int radius)
    {
        using var scope = NewDisposeScope();
        var size = images.shape;
        var box = new long[] { (2 * radius) + 1, (2 * radius) + 1 };
        var stride = new long[] { Math.Max(1, radius / 2), Math.Max(1, radius / 2) };
        var sums = nn.functional.avg_pool2d(cat([images * mask, mask], 1), box, stride, [radius, radius]);
        // The raster of a strided pooling starts at the first pixel; a linear interpolation with aligned corners needs it to end at the
        // last.
        if (stride[0] > 1)
            sums = nn.functional.interpolate(sums, [((sums.shape[2] - 1) * stride[0]) + 1, ((sums.shape[3] - 1) * stride[1]) + 1],
                mode: InterpolationMode.Bilinear, align_corners: true);
        sums = Filled(sums, size[2], size[3]);
        return (sums.narrow(1, 0, size[1]) / sums.narrow(1, size[1], 1).clamp(min: 1e-3)).MoveToOuterDisposeScope();
    }

    /// <summary>The last rows and columns, which the raster does not reach, take the values of its edge.</summary>
    private static Tensor Filled(Tensor sums, long height, long width)
    {
        var (bottom, right) = (height - sums.shape[2], width - sums.shape[3]);
        return bottom + right == 0 ? sums : nn.functional.pad(sums, [0, right, 0, bottom], PaddingModes.Replicate);
    }
}
