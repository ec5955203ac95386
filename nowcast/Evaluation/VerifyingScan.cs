namespace ConvLstm.Nowcast.Evaluation;

/// <summary>
/// Which scan a map is compared with. A radar scans when it is ready, some seconds early or late: the scan nearest to the valid time of the
/// map, if it is within a quarter of the step.
/// </summary>
public static class VerifyingScan
{
    /// <summary>The part of a step by which a scan may be early or late; the database asks the same of its own.</summary>
    public const double LargestDistance = 0.25;

    /// <summary>How far from the valid time of a map its scan may be.</summary>
    public static TimeSpan Distance(RainForecast forecast)
    {
        ArgumentNullException.ThrowIfNull(forecast);
        var leads = forecast.LeadTimes;
        return LargestDistance * (leads.Count > 1 ? leads[1] - leads[0] : leads[0]);
    }

    /// <param name="forecast">The forecast.</param>
    /// <param name="lead">The index of a map of it.</param>
    /// <param name="scans">Scans of its grid in any order; of two as near the earlier one is taken.</param>
    /// <param name="time">The valid time of a scan.</param>
    /// <returns>Null where no scan is near enough.</returns>
    public static T? Of<T>(RainForecast forecast, int lead, IEnumerable<T> scans, Func<T, DateTimeOffset> time)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(forecast);
        var (valid, distance) = (forecast.ValidTime(lead), Distance(forecast));
        return scans.Where(s => (time(s) - valid).Duration() <= distance)
            .OrderBy(s => (time(s) - valid).Duration()).ThenBy(time).FirstOrDefault();
    }
}
