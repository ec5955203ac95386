namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>The leads that a network is asked for.</summary>
/// <param name="Steps">Steps after the newest scan, from 1, rising.</param>
/// <param name="StepMinutes">The length of a step.</param>
public sealed record LeadTimes(IReadOnlyList<int> Steps, double StepMinutes)
{
    /// <summary>The furthest lead, in steps.</summary>
    public int Furthest => Steps[^1];

    /// <summary>Every step up to a count.</summary>
    public static LeadTimes Every(int count, double stepMinutes) => new([.. Enumerable.Range(1, count)], stepMinutes);

    /// <summary>The time from the newest scan to a lead.</summary>
    public double Minutes(int index) => Steps[index] * StepMinutes;
}
