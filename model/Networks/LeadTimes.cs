namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>What a network is asked for: leads, and the size of what it looks at.</summary>
/// <param name="Steps">Steps after the newest scan, from 1, rising.</param>
/// <param name="StepMinutes">The length of a step.</param>
public sealed record LeadTimes(IReadOnlyList<int> Steps, double StepMinutes)
{
    /// <summary>The side of a pixel on the ground, for networks that know scales in kilometres.</summary>
    public double PixelKilometres { get; init; } = 1;

    /// <summary>The pixels to predict, where a network can leave some out (<see cref="RainNetwork.TakesSites"/>).</summary>
    public Sites Sites { get; init; } = Sites.All;

    /// <summary>The furthest lead, in steps.</summary>
    public int Furthest => Steps[^1];

    /// <summary>Every step up to a count.</summary>
    public static LeadTimes Every(int count, double stepMinutes) => new([.. Enumerable.Range(1, count)], stepMinutes);

    /// <summary>The time from the newest scan to a lead.</summary>
    public double Minutes(int index) => Steps[index] * StepMinutes;
}

/// <summary>
/// Every nth pixel of every nth row: neighbours are alike, and a training that looks at fewer of a window sees more windows in the same
/// time.
/// </summary>
public readonly record struct Sites(int Stride, int Row, int Column)
{
    public static Sites All { get; } = new(1, 0, 0);

    /// <summary>The sites of a tensor along two of its dimensions.</summary>
    public Tensor Of(Tensor images, int rows, int columns) => Stride <= 1
        ? images
        : images.slice(rows, Row, images.shape[rows], Stride).slice(columns, Column, images.shape[columns], Stride);
}
