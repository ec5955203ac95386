namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>What a network is asked for: leads, and the size of what it looks at.</summary>
/// <param name="Steps">Steps after the newest scan, from 1, rising.</param>
/// <param name="StepMinutes">The length of a step.</param>
public sealed record LeadTimes(IReadOnlyList<int> Steps, double StepMinutes)
{
    /// <summary>The side of a pixel on the ground, for networks that know scales in kilometres.</summary>
    public double PixelKilometres { get; init; } = 1;

    /// <summary>The pixels to predict, where a network can leave some out (<see cref="RainNetwork.TakesSampledPixels"/>).</summary>
    public SampledPixels SampledPixels { get; init; } = SampledPixels.All;

    /// <summary>The furthest lead, in steps.</summary>
    public int Furthest => Steps[^1];

    /// <summary>Every step up to a count.</summary>
    public static LeadTimes Every(int count, double stepMinutes) => new([.. Enumerable.Range(1, count)], stepMinutes);

    /// <summary>The time from the newest scan to a lead.</summary>
    public double Minutes(int index) => Steps[index] * StepMinutes;
}
