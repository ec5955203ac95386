namespace ConvLstm.Nowcast.Ingest.Quality;

/// <summary>When a scan is bad. The limits leave every scan of the BOM, KNMI, FMI, MRMS and OPERA archives used here good.</summary>
public sealed record QualityOptions
{
    public static QualityOptions Default { get; } = new();

    /// <summary>
    /// No scan averages more over a pixel and some minutes: the record of rain in one minute is 31.2 mm (Unionville 1956, World
    /// Meteorological Organization), composites of good practice stop at a quarter of that.
    /// </summary>
    public double LargestRateMmH { get; init; } = 500;

    /// <summary>The share of observed pixels that may be above it: single ones are clutter, which costs no scan.</summary>
    public double ShareAboveLargest { get; init; } = 1e-4;

    /// <summary>The share of pixels that may be missing at all.</summary>
    public double MissingShare { get; init; } = 0.98;

    /// <summary>
    /// The share of pixels that may be missing beyond what is usual of the last scans before that is said, as when a radar drops out.
    /// </summary>
    public double MissingMore { get; init; } = 0.1;

    /// <summary>The share of wet pixels that may stand alone.</summary>
    public double SpeckleShare { get; init; } = 0.35;

    /// <summary>The share of observed pixels that may lie in spokes.</summary>
    public double SpokeShare { get; init; } = 0.01;

    /// <summary>Speckle is looked for where at least this share of the observed pixels is wet: a few pixels prove nothing.</summary>
    public double LeastWetShare { get; init; } = 0.001;

    /// <summary>
    /// How improbable a jump must be under the sequence's own transitions. Of a thousand transitions of the archives the least probable
    /// had 2e-4; pictures that are mirrored, shifted by a quarter or of another hour have less than this where it rains and there are
    /// some thirty transitions to compare with.
    /// </summary>
    public double JumpProbability { get; init; } = 1e-6;

    /// <summary>
    /// And how many times larger than the largest of the last transitions: what is improbable by being too still is no jump.
    /// </summary>
    public double JumpFactor { get; init; } = 1.5;

    /// <summary>
    /// How far a scan may be ahead of the clock, in hours: one from the future (local time written as UTC) would be the newest until
    /// then.
    /// </summary>
    public double AheadHours { get; init; } = 0.5;
}
