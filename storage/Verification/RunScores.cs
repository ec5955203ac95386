namespace ConvLstm.Nowcast.Storage.Verification;

/// <summary>What is kept of the comparison of one map with the scan of its valid time: sums, so that groups can be added up.</summary>
/// <param name="Lead">The map.</param>
/// <param name="Pixels">How many pixels were both forecast and observed.</param>
/// <param name="SumForecast">mm/h.</param>
/// <param name="SumObserved">mm/h.</param>
/// <param name="SumAbsoluteError">mm/h.</param>
/// <param name="SumSquaredError">(mm/h)².</param>
/// <param name="SumForecastSquared">(mm/h)².</param>
/// <param name="SumObservedSquared">(mm/h)².</param>
/// <param name="SumProduct">Forecast times observed, (mm/h)².</param>
/// <param name="CrpsPixels">How many pixels the CRPS was taken at.</param>
/// <param name="SumCrps">Continuous ranked probability scores in mm/h.</param>
/// <param name="Thresholds">The counts at each threshold.</param>
public sealed record LeadScores(
    TimeSpan Lead, long Pixels, double SumForecast, double SumObserved, double SumAbsoluteError, double SumSquaredError,
    double SumForecastSquared, double SumObservedSquared, double SumProduct, long CrpsPixels, double SumCrps,
    IReadOnlyList<ThresholdScores> Thresholds);

/// <summary>The counts of one map at one threshold.</summary>
/// <param name="Threshold">mm/h.</param>
/// <param name="Hits">Forecast and observed.</param>
/// <param name="Misses">Observed, not forecast.</param>
/// <param name="FalseAlarms">Forecast, not observed.</param>
/// <param name="CorrectNegatives">Neither.</param>
/// <param name="BrierPixels">How many probabilities were compared.</param>
/// <param name="SumBrier">Squared differences of probability and outcome.</param>
/// <param name="Reliability">Bins of equal width from 0 to 1; empty where there are no probabilities.</param>
/// <param name="Fss">The parts of the fractions skill score at each neighbourhood.</param>
public sealed record ThresholdScores(
    float Threshold, long Hits, long Misses, long FalseAlarms, long CorrectNegatives, long BrierPixels, double SumBrier,
    IReadOnlyList<ReliabilityBin> Reliability, IReadOnlyList<FssParts> Fss);

/// <summary>One bin of a reliability diagram.</summary>
/// <param name="Pixels">Pixels whose probability lies in the bin.</param>
/// <param name="SumProbability">The sum of those probabilities.</param>
/// <param name="Observed">How many of those pixels were observed above the threshold.</param>
public readonly record struct ReliabilityBin(long Pixels, double SumProbability, long Observed);

/// <summary>
/// 1 − SquaredDifference / SquaredReference is the fractions skill score (Roberts and Lean 2008, doi:10.1175/2007MWR2123.1).
/// </summary>
/// <param name="ScaleKm">The width of the neighbourhood.</param>
/// <param name="SquaredDifference">Sum of (forecast fraction − observed fraction)².</param>
/// <param name="SquaredReference">Sum of forecast fraction² + observed fraction².</param>
public readonly record struct FssParts(double ScaleKm, double SquaredDifference, double SquaredReference);
