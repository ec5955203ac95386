using ConvLstm.Nowcast.Studies.Search;

namespace ConvLstm.Nowcast.Studies.Digits;

/// <summary>How large the image-sequence study is.</summary>
public sealed record DigitStudyOptions
{
    /// <summary>Sequences of a 6, which are learned from.</summary>
    public int N6 { get; init; } = 400;

    /// <summary>Sequences of a 3, which are only asked.</summary>
    public int N3 { get; init; } = 100;

    public int Trials { get; init; } = 40;

    /// <summary>
    /// What every trial trains, seconds of a processor core; the best go on for longer, see <see cref="SuccessiveHalving{TTrial}"/>.
    /// </summary>
    public double SecondsPerTrial { get; init; } = 30;

    /// <summary>What a trial trains on a rung, seconds of a processor core.</summary>
    public double SecondsOf(int rung) => SecondsPerTrial * Math.Pow(Rungs.Share, rung - 1);

    public DigitSearchSpace Space { get; init; } = new();

    public DigitMotion Motion { get; init; } = new();

    /// <summary>Intensities of each noise, and the frames that they are tried on.</summary>
    public int Intensities { get; init; } = 100;

    public int NoisyFrames { get; init; } = 24;

    public int Seed { get; init; } = 1;

    /// <summary>What fits into three minutes of two cores.</summary>
    public static DigitStudyOptions Quick { get; } = new()
    {
        N6 = 60, N3 = 20, Trials = 4, SecondsPerTrial = 8, Space = new(2, 10), Intensities = 20, NoisyFrames = 10,
    };
}
