using System.Buffers.Binary;
using System.IO.Compression;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Studies.Digits;

/// <summary>
/// The digits of MNIST (LeCun et al. 1998) from its IDX files, http://yann.lecun.com/exdb/mnist/: a big-endian header and bytes, packed
/// with gzip or not.
/// </summary>
public sealed class IdxDigits : IDigits
{
    private const int ImagesMagic = 0x803, LabelsMagic = 0x801;
    private static readonly string[] Parts = ["train", "t10k"];

    private readonly byte[] _pixels;
    private readonly ILookup<int, int> _byDigit;

    private IdxDigits(string source, byte[] pixels, ReadOnlySpan<byte> labels)
    {
        (Source, _pixels) = (source, pixels);
        var copy = labels.ToArray();
        _byDigit = Enumerable.Range(0, copy.Length).ToLookup(i => (int)copy[i]);
    }

    public string Source { get; }

    /// <param name="folder">With train-images-idx3-ubyte and train-labels-idx1-ubyte, or those of t10k; names may end in .gz.</param>
    /// <exception cref="ReportedException">The files are missing or are no such images.</exception>
    public static IdxDigits Open(string folder)
    {
        foreach (var part in Parts)
        {
            var (images, labels) = (Find(folder, $"{part}-images"), Find(folder, $"{part}-labels"));
            if (images is null || labels is null)
                continue;
            var (pixels, digits) = (Read(images), Read(labels));
            var count = Check(images, pixels, ImagesMagic, 16);
            if (Number(pixels, 8) != IDigits.Side || Number(pixels, 12) != IDigits.Side
                || pixels.Length != 16 + (count * IDigits.Side * IDigits.Side))
                throw new ReportedException($"{images}: not {count} images of 28 × 28: take the IDX files of MNIST.");
            if (Check(labels, digits, LabelsMagic, 8) != count || digits.Length != 8 + count)
                throw new ReportedException($"{labels} does not label the {count} images of {images}: take both from one set.");
            return new($"MNIST, {count} images of {Path.GetFileName(images)}", pixels[16..], digits.AsSpan(8));
        }
        throw new ReportedException(
            $"{folder}: no train-images-idx3-ubyte with its train-labels-idx1-ubyte: give the folder of the IDX files of MNIST.");
    }

    public float[] Draw(int digit, Random random)
    {
        var known = _byDigit[digit].ToArray();
        if (known.Length == 0)
            throw new ReportedException($"{Source} has no digit {digit}.");
        return Image(known[random.Next(known.Length)]);
    }

    private float[] Image(int index) =>
        Array.ConvertAll(_pixels[(index * IDigits.Side * IDigits.Side)..((index + 1) * IDigits.Side * IDigits.Side)], b => b / 255f);

    private static string? Find(string folder, string start) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, start + "*ubyte*").Order(StringComparer.Ordinal).FirstOrDefault()
        : throw new ReportedException($"{folder} is not there: give the folder of the IDX files of MNIST.");

    private static byte[] Read(string path)
    {
        using var file = File.OpenRead(path);
        using Stream content = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static int Check(string path, byte[] bytes, int magic, int header) => bytes.Length >= header && Number(bytes, 0) == magic
        ? Number(bytes, 4)
        : throw new ReportedException($"{path} is not an IDX file of its kind: take the IDX files of MNIST.");

    private static int Number(byte[] bytes, int at) => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
}
