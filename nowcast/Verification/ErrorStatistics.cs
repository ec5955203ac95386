namespace ConvLstm.Nowcast.Verification;

/// <summary>Errors of rain rates in mm/h, and the linear correlation.</summary>
public sealed record ErrorScores(long Count, double MeanError, double Mae, double Rmse, double Correlation);

/// <summary>Mean error, mean absolute error, root mean square error and Pearson's correlation, from sums.</summary>
public sealed class ErrorStatistics : IScore<ErrorStatistics, ErrorScores>
{
    private long count;
    private double forecasts;
    private double observations;
    private double absolute;
    private double squared;
    private double forecastsSquared;
    private double observationsSquared;
    private double product;

    private ErrorStatistics()
    {
    }

    /// <summary>Pixels compared.</summary>
    public long Count => count;

    /// <summary>The sums of forecast, observation, |error|, error², forecast², observation² and their product, in mm/h and (mm/h)².</summary>
    public (double Forecast, double Observed, double Absolute, double Squared, double ForecastSquared, double ObservedSquared, double Product) Sums =>
        (forecasts, observations, absolute, squared, forecastsSquared, observationsSquared, product);

    public static ErrorStatistics Init() => new();

    /// <param name="forecast">mm/h.</param>
    /// <param name="observed">mm/h.</param>
    /// <param name="mask">The pixels that count; all where empty.</param>
    public void Accumulate(ReadOnlySpan<float> forecast, ReadOnlySpan<float> observed, ReadOnlySpan<bool> mask = default)
    {
        Fields.Check(forecast.Length, observed.Length, mask.Length);
        for (var i = 0; i < forecast.Length; i++)
        {
            if (!Fields.Counts(forecast[i], observed[i], mask, i))
                continue;
            double f = forecast[i], o = observed[i], error = f - o;
            count++;
            forecasts += f;
            observations += o;
            absolute += Math.Abs(error);
            squared += error * error;
            forecastsSquared += f * f;
            observationsSquared += o * o;
            product += f * o;
        }
    }

    public void Merge(ErrorStatistics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        count += other.count;
        forecasts += other.forecasts;
        observations += other.observations;
        absolute += other.absolute;
        squared += other.squared;
        forecastsSquared += other.forecastsSquared;
        observationsSquared += other.observationsSquared;
        product += other.product;
    }

    public ErrorScores Compute()
    {
        double n = count;
        var covariance = (n * product) - (forecasts * observations);
        var variances = ((n * forecastsSquared) - (forecasts * forecasts)) * ((n * observationsSquared) - (observations * observations));
        return new ErrorScores(count, (forecasts - observations) / n, absolute / n, Math.Sqrt(squared / n), covariance / Math.Sqrt(variances));
    }
}
