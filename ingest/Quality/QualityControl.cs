using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ConvLstm.Nowcast.Ingest.Quality;

/// <summary>
/// The quality control of the scans of one grid, in the order of their times. It remembers the last good scans; a scan that is
/// not newer than they are is checked by itself only. Not for several threads at once.
/// </summary>
public sealed class QualityControl(TimeProvider time, QualityOptions? options = null)
{
    // Scans whose missing share says what is usual.
    private const int Usual = 12;

    // After so many jumps in a row the picture has changed for good, as after a pause of the feed.
    private const int JumpsBelieved = 2;

    // Scans further apart than this are no transition.
    private static readonly TimeSpan LongestStep = TimeSpan.FromMinutes(45);

    private readonly QualityOptions _options = options ?? QualityOptions.Default;
    private readonly Queue<double> _missing = new();
    private readonly Transitions _transitions = new();
    private LastScan? _last;
    private double[] _lastCoarse = [];
    private int _jumps;

    /// <summary>The newest scan that was checked and good; null before the first.</summary>
    public DateTimeOffset? Newest => _last?.ValidTime;

    /// <summary>Checks a scan and remembers it where it is good.</summary>
    public QualityReport Check(RadarFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        var summary = ScanSummary.Of(frame);
        var findings = new List<QualityFinding>
        {
            AtMost("time", (frame.ValidTime - time.GetUtcNow()).TotalHours, _options.AheadHours),
            AtMost("range", ShareAbove(frame, summary), _options.ShareAboveLargest),
            Missing(summary.MissingShare),
            AtMost("speckle", Speckle.Share(frame, _options.LeastWetShare), _options.SpeckleShare),
            SpokesOf(frame, summary),
        };
        var isNext = _last is not null && frame.ValidTime > _last.ValidTime && frame.ValidTime - _last.ValidTime <= LongestStep
            && frame.Grid.CoversTheSame(_last.Grid);
        var coarse = CoarseRain.Of(frame);
        var digest = SHA256.HashData(MemoryMarshal.AsBytes(frame.RainRate.AsSpan()));
        if (isNext)
        {
            findings.Add(Frozen(digest, summary));
            if (_transitions.IsReady)
                findings.Add(Jump(coarse));
        }
        var report = new QualityReport(findings);
        if (report.Usable && (_last is null || frame.ValidTime > _last.ValidTime))
            Remember(new(frame.Grid, frame.ValidTime, digest), coarse, summary, isNext);
        return report;
    }

    private void Remember(LastScan last, double[] coarse, ScanSummary summary, bool isNext)
    {
        if (isNext)
            _transitions.Add(Difference(coarse));
        else
            _transitions.Clear();
        (_last, _lastCoarse) = (last, coarse);
        _missing.Enqueue(summary.MissingShare);
        if (_missing.Count > Usual)
            _missing.Dequeue();
    }

    // A radar that drops out is said, and what the others see is used: after some scans it is what is usual.
    private QualityFinding Missing(double share)
    {
        var usual = _missing.Count == 0 ? 1 : Median(_missing) + _options.MissingMore;
        return share > _options.MissingShare || usual >= _options.MissingShare
            ? AtMost("missing", share, _options.MissingShare)
            : AtMost("missing", share, usual) with { Warning = true };
    }

    // One thin line is said; it may be the rain of a narrow front, which is when forecasts are wanted most.
    private QualityFinding SpokesOf(RadarFrame frame, ScanSummary summary)
    {
        var (pixels, fanOut) = Spokes.Find(frame);
        return AtMost("spokes", pixels / Math.Max(1, (1 - summary.MissingShare) * frame.RainRate.Length), _options.SpokeShare) with
        {
            Warning = !fanOut,
        };
    }

    // A picture without rain may well stay the same.
    private QualityFinding Frozen(byte[] digest, ScanSummary summary)
    {
        var same = summary.WetShare > 0 && digest.AsSpan().SequenceEqual(_last!.Digest);
        return new("frozen", !same, same ? 1 : 0, 0);
    }

    private QualityFinding Jump(double[] coarse)
    {
        var difference = Difference(coarse);
        var times = Transitions.Rms(difference) / Math.Max(_transitions.Largest(), 1e-3);
        var isJump = times > _options.JumpFactor && _transitions.Probability(difference) < _options.JumpProbability;
        _jumps = isJump ? _jumps + 1 : 0;
        if (_jumps > JumpsBelieved)
        {
            (isJump, _jumps) = (false, 0);
            _transitions.Clear();
        }
        return new("jump", !isJump, times, _options.JumpFactor);
    }

    private double[] Difference(double[] coarse) => coarse.Zip(_lastCoarse, (a, b) => a - b).ToArray();

    private double ShareAbove(RadarFrame frame, ScanSummary summary) => !(summary.MaxMmH > _options.LargestRateMmH) ? 0
        : frame.RainRate.Count(r => r > _options.LargestRateMmH) / ((1 - summary.MissingShare) * frame.RainRate.Length);

    private static QualityFinding AtMost(string check, double found, double limit) => new(check, found <= limit, found, limit);

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    /// <summary>What is kept of the newest good scan, which may be of hundreds of megabytes.</summary>
    private sealed record LastScan(RadarGrid Grid, DateTimeOffset ValidTime, byte[] Digest);
}
