namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>Between the 5-D batch of the pipeline and the images that convolutions read.</summary>
internal static class FrameLayout
{
    /// <summary>
    /// (batch, time, H, W, C) → (time·batch, C·patch², ⌈H/patch⌉, ⌈W/patch⌉), time first so that a step is one
    /// piece of memory; filled up with zeros at the lower and right edge. Channels stay last in memory.
    /// </summary>
    /// <param name="past">The 5-D batch.</param>
    /// <param name="patch">The side of the squares that become channels.</param>
    /// <param name="multiple">What ⌈H/patch⌉ and ⌈W/patch⌉ are filled up to a multiple of.</param>
    internal static Tensor ToPatches(Tensor past, int patch, int multiple = 1)
    {
        var s = past.shape;
        var images = past.transpose(0, 1).reshape(s[0] * s[1], s[2], s[3], s[4]).permute(0, 3, 1, 2);
        var (bottom, right) = (Missing(s[2], patch * multiple), Missing(s[3], patch * multiple));
        if (bottom + right > 0)
            images = nn.functional.pad(images, [0, right, 0, bottom]);
        return patch == 1 ? images : nn.functional.pixel_unshuffle(images, patch);
    }

    /// <summary>(batch, patch², h, w) → (batch, H, W, 1), without the filling.</summary>
    internal static Tensor FromPatches(Tensor patches, int patch, long height, long width)
    {
        var image = patch == 1 ? patches : nn.functional.pixel_shuffle(patches, patch);
        return image.narrow(2, 0, height).narrow(3, 0, width).permute(0, 2, 3, 1);
    }

    /// <summary>(batch, C, h, w) of patches to (batch, C, H, W) of pixels, interpolated between the centres of the patches.</summary>
    internal static Tensor Enlarged(Tensor coarse, int patch, long height, long width) => patch == 1
        ? coarse
        : nn.functional.interpolate(coarse, [coarse.shape[2] * patch, coarse.shape[3] * patch], mode: InterpolationMode.Bilinear,
            align_corners: false)
            .narrow(2, 0, height).narrow(3, 0, width);

    private static long Missing(long size, int patch) => (patch - (size % patch)) % patch;
}
