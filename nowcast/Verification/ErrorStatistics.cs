namespace ConvLstm.Nowcast.Verification;

/// <summary>Errors of rain rates in mm/h, and the linear correlation.</summary>
public sealed record ErrorScores(long Count, double MeanError, double Mae, double Rmse, double Correlation);

/// <summary>Mean error, mean absolute error, root mean square error and Pearson's correlation, from sums.</summary>
public sealed class ErrorStatistics : IScore<ErrorStatistics, ErrorScores>
{
    private long _count;
    private double _forecasts;
    private double _observations;
    private double _absolute;
    private double _squared;
    private double _forecastsSquared;
    private double _observationsSquared;
    private double _product;

    private ErrorStatistics()
    {
    }

    /// <summary>Pixels compared.</summary>
    public long Count => _count;

    /// <summary>
    /// The sums of forecast, observation, |error|, error², forecast², observation² and their product, in mm/h and (mm/h)².
    /// </summary>
    public (double Forecast, double Observed, double Absolute, double Squared, double ForecastSquared, double ObservedSquared,
        double Product) Sums =>
        (_forecasts, _observations, _absolute, _squared, _forecastsSquared, _observationsSquared, _product);

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
            _count++;
            _forecasts += f;
            _observations += o;
            _absolute += Math.Abs(error);
            _squared += error * error;
            _forecastsSquared += f * f;
            _observationsSquared += o * o;
            _product += f * o;
        }
    }

    public void Merge(ErrorStatistics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _count += other._count;
        _forecasts += other._forecasts;
        _observations += other._observations;
        _absolute += other._absolute;
        _squared += other._squared;
        _forecastsSquared += other._forecastsSquared;
        _observationsSquared += other._observationsSquared;
        _product += other._product;
    }

    public ErrorScores Compute()
    {
        double n = _count;
        var covariance = (n * _product) - (_forecasts * _observations);
        var variances = ((n * _forecastsSquared) - (_forecasts * _forecasts)) * (
            (n * _observationsSquared) - (_observations * _observations));
        return new ErrorScores(_count, (_forecasts - _observations) / n, _absolute / n, Math.Sqrt(_squared / n),
            covariance / Math.Sqrt(variances));
    }
}
