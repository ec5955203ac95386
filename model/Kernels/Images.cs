namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>Where images lie in memory, channels last: (count, height, width, channels), without gaps. Keeps nothing alive.</summary>
internal readonly unsafe struct Images(float* data, int count, int height, int width, int channels)
{
    internal float* Data { get; } = data;

    internal int Count { get; } = count;

    internal int Height { get; } = height;

    internal int Width { get; } = width;

    internal int Channels { get; } = channels;

    internal bool IsEmpty => Data == null;

    internal nint Pixels => (nint)Count * Height * Width;

    /// <summary>The first number of an image.</summary>
    internal float* Image(int which) => Data + ((nint)which * Height * Width * Channels);

    /// <summary>The first number of a pixel, counted over all images; null where there are no images.</summary>
    internal float* Pixel(nint which) => Data == null ? null : Data + (which * Channels);

    /// <summary>The images of one step of several that have <paramref name="batch"/> each.</summary>
    internal Images Step(int step, int batch) => Data == null ? this : new(Image(step * batch), batch, Height, Width, Channels);
}
