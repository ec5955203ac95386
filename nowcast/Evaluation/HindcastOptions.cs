namespace ConvLstm.Nowcast.Evaluation;

/// <summary>Which past situations are forecast again, and how the forecasts are scored.</summary>
public sealed record HindcastOptions
{
    /// <summary>How far each forecast looks ahead.</summary>
    public TimeSpan Lead { get; init; } = ForecastRequest.DefaultLead;

    /// <summary>Rates in mm/h, rising: events of the contingency scores and the thresholds of the probabilities.</summary>
    public IReadOnlyList<float> Thresholds { get; init; } = ForecastRequest.AllThresholds;

    /// <summary>Scans before the newest one of the first issue time; a forecaster is given as many, or what it needs.</summary>
    public int PastScans { get; init; } = 4;

    /// <summary>Scans from one issue time to the next.</summary>
    public int Every { get; init; } = 3;

    /// <summary>The thresholds of the fractions skill score, out of <see cref="Thresholds"/>; it is the slowest of the scores.</summary>
    public IReadOnlyList<float> FractionsThresholds { get; init; } = [1, 5];

    /// <summary>The scales of the fractions skill score: sides of boxes in pixels, odd.</summary>
    public IReadOnlyList<int> FractionsScales { get; init; } = [1, 9, 33];

    /// <summary>Draws of the bootstrap over issue times.</summary>
    public int Resamples { get; init; } = 1000;

    /// <summary>The middle share of the draws that an interval covers.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>The seed of those draws.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>How far a hindcast is.</summary>
public readonly record struct HindcastProgress(int Done, int Total);
