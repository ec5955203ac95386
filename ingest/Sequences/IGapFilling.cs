namespace ConvLstm.Nowcast.Ingest.Sequences;

/// <summary>Makes up scans that are missing between two good ones.</summary>
public interface IGapFilling
{
    /// <summary>The most missing scans in a row that it fills; longer gaps end the sequence.</summary>
    int LongestGap { get; }

    /// <summary>One scan for each missing time, marked as interpolated.</summary>
    IReadOnlyList<IScan> Fill(IScan before, IScan after, IReadOnlyList<DateTimeOffset> missing);
}

/// <summary>Fills nothing: every gap ends the sequence.</summary>
public sealed class NoGapFilling : IGapFilling
{
    public static NoGapFilling Instance { get; } = new();

    public int LongestGap => 0;

    public IReadOnlyList<IScan> Fill(IScan before, IScan after, IReadOnlyList<DateTimeOffset> missing) => [];
}
