namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// What a <see cref="CascadeNetwork"/> reads of each pixel and lead, all in the frame of the rain: the order of the channels. Decibels
/// are of 1 mm/h, divided by <see cref="Span"/>; logarithms are of rain plus <see cref="Least"/>, divided by <see cref="LogSpan"/>.
/// </summary>
public static class CascadeFields
{
    /// <summary>Half sides of the boxes that rain is averaged over, km.</summary>
    public static IReadOnlyList<double> RainScales { get; } = [2, 4, 8, 16, 32];

    /// <summary>Half sides of the boxes in which the wet share is counted, km.</summary>
    public static IReadOnlyList<double> WetScales { get; } = [4, 12, 36];

    /// <summary>Half sides of the boxes whose rain is compared with that of an older scan, km.</summary>
    public static IReadOnlyList<double> TrendScales { get; } = [2, 8, 32];

    /// <summary>Half sides of the boxes in which the error of an older scan is averaged, km.</summary>
    public static IReadOnlyList<double> ErrorScales { get; } = [6, 24];

    /// <summary>Wavelengths at which the memory of the cascade is read off, km.</summary>
    public static IReadOnlyList<double> Wavelengths { get; } = [8, 16, 32, 64, 128, 256];

    public const double Span = 10;
    public const double Least = 0.02;
    public const double LogSpan = 3;

    /// <summary>
    /// Half sides of the boxes in which the share that reaches each of <see cref="ShareRates"/> is counted, km (Germann and Zawadzki
    /// 2004).
    /// </summary>
    public static IReadOnlyList<double> ShareScales { get; } = [1.5, 5, 15];

    /// <summary>mm/h.</summary>
    public static IReadOnlyList<double> ShareRates { get; } = [0.5, 1, 2, 5, 10, 20];

    /// <summary>
    /// Shares are never quite 0 or 1: their log-odds are taken of shares this far from both, and divided by <see cref="OddsSpan"/>.
    /// </summary>
    public const double LeastShare = 0.003;
    public const double OddsSpan = 4;

    /// <summary>The half side of the box in which the observed share is counted, km.</summary>
    public const double SeenScale = 16;

    /// <summary>Minutes between the newest scan and the older one, as near as the scans allow.</summary>
    public const double Age = 10;

    /// <summary>The newest rain in decibels.</summary>
    public const int Newest = 0;

    /// <summary>
    /// Channels that are the same for all leads: newest, blurred rain, wet shares, trends, errors, log-odds of shares, observed share.
    /// </summary>
    public static int StaticChannels =>
        1 + RainScales.Count + WetScales.Count + TrendScales.Count + ErrorScales.Count + (ShareScales.Count * ShareRates.Count) + 1;

    /// <summary>The side of the cells that the ConvLSTM reads, km.</summary>
    public const double CellKilometres = 4;

    /// <summary>What it reads of a cell: decibels, the shares of three rates, the observed share.</summary>
    public const int CoarseChannels = 5;

    /// <summary>The channel with the largest blur: where it is as good as dry, so is the forecast.</summary>
    public static int Widest => RainScales.Count;

    /// <summary>S-PROG's expected rain in decibels.</summary>
    public static int Expected => StaticChannels;

    /// <summary>ANVIL's rain in decibels.</summary>
    public static int Growth => StaticChannels + 1;

    /// <summary>The standard deviation of what S-PROG cannot know, decibels: the first of what is the same for all pixels.</summary>
    public static int Spread => StaticChannels + 2;

    /// <summary>
    /// Spread, deviation of the newest field, memory at each wavelength, four functions of the lead, wet share of the scan, age, step and
    /// pixel.
    /// </summary>
    public static int Scalars => 2 + Wavelengths.Count + 4 + 4;

    public static int Channels => Spread + Scalars;
}
