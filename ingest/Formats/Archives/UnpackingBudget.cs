namespace ConvLstm.Nowcast.Ingest.Formats.Archives;

/// <summary>The bytes that may be unpacked of one file, over all archives in it: a trap holds the same gigabyte many times.</summary>
/// <param name="path">What errors call the file.</param>
internal sealed class UnpackingBudget(string path)
{
    // A tar that is compressed is unpacked twice, compressed files in it three times; one archive alone holds a quarter at most.
    private const long MostBytes = 4L << 30;

    private long _left = MostBytes;

    /// <exception cref="RadarFileException">Those are too many.</exception>
    internal void Spend(long bytes)
    {
        if ((_left -= bytes) < 0)
        {
            throw new RadarFileException(path, $"what is in it unpacks to over {MostBytes >> 30} GiB in all",
                "split it into files of one scan");
        }
    }
}
