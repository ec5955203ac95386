namespace ConvLstm.Nowcast.Jobs.Settings;

/// <summary>What the reading of one radar file may cost, whoever reads it.</summary>
internal sealed record DecoderSettings
{
    private const int LeastMemoryMB = 512, MostMemoryMB = 1 << 20, MostSeconds = 3600;

    /// <summary>
    /// How long the reading of one file may take in all: a composite of a continent takes some seconds, on a busy machine several times
    /// as many.
    /// </summary>
    public double Seconds { get; init; } = 30;

    /// <summary>
    /// The memory of the process that reads, in MB: the largest grids that are read fit in the default, and damage that asks for more
    /// fails.
    /// </summary>
    public int MemoryMB { get; init; } = 2048;

    /// <summary>Values that make no sense, a line each.</summary>
    internal IEnumerable<string> Problems()
    {
        if (Seconds is not (> 0 and <= MostSeconds))
            yield return FormattableString.Invariant(
                $"{NowcastSettings.Prefix}DECODER__SECONDS is {Seconds}: give seconds above 0, {MostSeconds} at most.");
        if (MemoryMB is < LeastMemoryMB or > MostMemoryMB)
            yield return $"{NowcastSettings.Prefix}DECODER__MEMORYMB is {MemoryMB}: give MB from {LeastMemoryMB} to {MostMemoryMB}.";
    }
}
