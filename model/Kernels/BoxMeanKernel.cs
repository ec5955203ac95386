namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>
/// Means over boxes around each pixel, of the observed pixels only (normalised convolution, Knutsson and Westin 1993). Boxes are summed
/// on a raster, and what lies between its points is interpolated. Without a gradient, in float32 on the CPU.
/// </summary>
internal static unsafe class BoxMeanKernel
{
    /// <summary>Whether it takes these images now.</summary>
    internal static bool Takes(Tensor images) =>
        InstructionSets.Best != InstructionSet.Scalar && images.dtype == ScalarType.Float32 && images.device_type == DeviceType.CPU &&
        !(is_grad_enabled() && images.requires_grad);

    /// <param name="images">(N, C, H, W).</param>
    /// <param name="mask">(N, 1, H, W), 1 where observed.</param>
    /// <param name="radius">Pixels on each side, above 0.</param>
    /// <param name="options">How the kernel runs.</param>
    /// <returns>(N, C, H, W), 0 where nothing was observed in the box.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    internal static Tensor Mean(Tensor images, Tensor mask, int radius, KernelOptions options)
    {
        var s = images.shape;
        if (radius < 1)
            throw new ArgumentOutOfRangeException(nameof(radius), radius, "A box reaches at least one pixel to each side.");
        if (s.Length != 4 || images.numel() == 0 || !mask.shape.SequenceEqual([s[0], 1, s[2], s[3]]))
            throw new ArgumentException($"The mask is ({string.Join(", ", mask.shape)}), the images are ({string.Join(", ", s)}).",
                nameof(mask));
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        Tensor pixels = images.contiguous(), observed = mask.contiguous(), means = empty_like(pixels);
        var raster = new BoxRaster((int)s[2], (int)s[3], radius);
        Action<BoxRaster, Tensor, Tensor, Tensor, int> run = options.Instructions switch
        {
            InstructionSet.Avx512 => Run<Floats16>,
            InstructionSet.Avx2 => Run<Floats8>,
            _ => Run<Float1>,
        };
        run(raster, pixels, observed, means, options.Threads);
        return means.MoveToOuterDisposeScope();
    }

    private static void Run<V>(BoxRaster raster, Tensor pixels, Tensor observed, Tensor means, int threads)
        where V : unmanaged, IFloats<V>
    {
        const int Rows = 16;
        int n = (int)pixels.shape[0], c = (int)pixels.shape[1], strips = (raster.Rows + Rows - 1) / Rows,
            bands = (raster.Height + Rows - 1) / Rows;
        nint plane = (nint)raster.Height * raster.Width, points = (nint)raster.Rows * raster.Width;
        // The images first, then how many pixels were observed.
        using var sums = empty([n * (c + 1L), raster.Rows, raster.Width]);
        float* from = TensorMemory.Data(pixels), seen = TensorMemory.Data(observed), sum = TensorMemory.Data(sums),
            to = TensorMemory.Data(means);
        WorkerThreads.Run(n * (c + 1) * strips, threads, piece =>
        {
            int image = piece / strips, first = piece % strips * Rows, last = Math.Min(first + Rows, raster.Rows);
            var counted = image >= n * c;
            raster.Sum<V>(
                counted ? seen + ((image - (n * c)) * plane) : from + (image * plane), counted ? null : seen + (image / c * plane), first,
                    last, sum + (image * points));
        });
        WorkerThreads.Run(n * c * bands, threads, piece =>
        {
            int image = piece / bands, first = piece % bands * Rows, last = Math.Min(first + Rows, raster.Height);
            raster.Divide<V>(sum + (image * points), sum + (((n * c) + (image / c)) * points), first, last, to + (image * plane));
        });
    }
}
