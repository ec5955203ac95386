namespace ConvLstm.Nowcast.Storage.Verification;

/// <summary>A map that waits for its verification.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Method">model, extrapolation, persistence or another.</param>
/// <param name="IssueTime">Of the run, UTC.</param>
/// <param name="LeadSeconds">The map.</param>
/// <param name="ValidTime">The scan to compare it with, UTC.</param>
public sealed record PendingMap(long RunId, string Method, DateTimeOffset IssueTime, int LeadSeconds, DateTimeOffset ValidTime);

/// <summary>A row of the view skill; a score is null where its divisor is 0.</summary>
/// <param name="Method">model, extrapolation, persistence or another.</param>
/// <param name="ModelVersion">Of the checkpoint or the method.</param>
/// <param name="Day">UTC day of the issue time.</param>
/// <param name="LeadMinutes">Minutes from the issue time.</param>
/// <param name="Threshold">mm/h.</param>
/// <param name="Csi">Critical success index.</param>
/// <param name="Pod">Probability of detection.</param>
/// <param name="Far">False alarm ratio.</param>
/// <param name="Bias">Frequency bias.</param>
/// <param name="Fss">Fractions skill score at the neighbourhood nearest to 10 km.</param>
/// <param name="Crps">Continuous ranked probability score in mm/h.</param>
/// <param name="Mae">Mean absolute error in mm/h.</param>
/// <param name="Maps">How many maps are in it.</param>
public sealed record SkillRow(
    string Method, string ModelVersion, DateTime Day, double LeadMinutes, float Threshold, double? Csi, double? Pod, double? Far,
    double? Bias, double? Fss, double? Crps, double? Mae, long Maps);
