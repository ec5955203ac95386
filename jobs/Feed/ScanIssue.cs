using System.Text.RegularExpressions;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Quality;
using ConvLstm.Nowcast.Storage.Scans;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>
/// What a scan is to the one that its grid and time have already: the same again, a later issue of it that is taken instead, one that
/// observed less, or another product.
/// </summary>
/// <param name="IsStored">True where it goes into the database.</param>
/// <param name="Replaces">True where it takes the place of another.</param>
/// <param name="Note">What a person should know.</param>
/// <param name="Refusal">Why it cannot be taken.</param>
internal sealed partial record ScanIssue(bool IsStored, bool Replaces, string? Note, string? Refusal)
{
    // Sums of some million pixels, made in another order.
    private const double SameWithin = 1e-6;

    internal static ScanIssue Of(RadarFrame frame, string file, StoredScan? there)
    {
        if (there is null)
            return new(true, false, null, null);
        var summary = ScanSummary.Of(frame);
        if (IsSame(summary, there.Summary))
            return new(false, false, null, null);
        // Names of one product differ in their numbers, times and packing only.
        if (Product(file) != Product(there.SourceFile))
        {
            return new(false, false, null,
                $"{frame.Grid.Name} has other rain at {frame.ValidTime:u} from {there.SourceFile}: a second product of one grid needs a "
                    + "name, "
                + "--product NAME or a source profile ('product'); then take the file again");
        }
        if (summary.MissingShare > there.Summary.MissingShare + SameWithin)
            return new(false, false,
                FormattableString.Invariant($"{frame.ValidTime:u}: observed less than {there.SourceFile}, which is kept"), null);
        return new(true, true, $"{frame.ValidTime:u}: taken in place of {there.SourceFile}, of which it is a later issue", null);
    }

    private static bool IsSame(ScanSummary one, ScanSummary other) =>
        IsSame(one.MissingShare, other.MissingShare) && IsSame(one.WetShare, other.WetShare) && IsSame(one.MinMmH, other.MinMmH)
        && IsSame(one.MeanMmH, other.MeanMmH) && IsSame(one.MaxMmH, other.MaxMmH);

    private static bool IsSame(double? one, double? other) => one is null || other is null ? one == other
        : Math.Abs(one.Value - other.Value) <= SameWithin * (1 + Math.Abs(one.Value));

    private static string Product(string file) => Numbers().Replace(Packing().Replace(file, ""), "");

    [GeneratedRegex(@"\.(?:gz|bz2|z|zip|tar|tgz)$", RegexOptions.IgnoreCase)]
    private static partial Regex Packing();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Numbers();
}
