namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>The evenly spaced pixel centres of one axis of a grid.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Spacing">Between two of them, positive.</param>
/// <param name="LowEdge">The outer edge of the pixel with the lowest coordinate.</param>
/// <param name="Falls">True where the coordinates fall along the file.</param>
internal sealed record RegularAxis(int Count, double Spacing, double LowEdge, bool Falls)
{
    // Single precision degrees wander by up to a hundredth of a pixel; more than this is another kind of grid.
    private const double LargestDeviation = 0.05;

    internal double HighEdge => LowEdge + (Count * Spacing);

    /// <param name="name">The variable, for errors.</param>
    /// <param name="centres">Pixel centres in the file's units.</param>
    /// <param name="scale">Times this they are in metres or degrees.</param>
    /// <param name="isSingle">True where they are stored in single precision, which decides how far rounding may go.</param>
    /// <exception cref="FormatException">The centres are not evenly spaced.</exception>
    internal static RegularAxis Fit(string name, ReadOnlySpan<double> centres, double scale, bool isSingle)
    {
        if (centres.Length < 2)
            throw new FormatException($"coordinate {name} has {centres.Length} value, from which no pixel size follows");
        var spacing = (centres[^1] - centres[0]) / (centres.Length - 1);
        for (var i = 0; i < centres.Length; i++)
        {
            // The negation also catches NaN.
            if (!(Math.Abs(centres[i] - centres[0] - (i * spacing)) <= LargestDeviation * Math.Abs(spacing)) || spacing == 0)
                throw new FormatException($"coordinate {name} is not evenly spaced (value {i} is {centres[i]})");
        }
        // Rounded far below a pixel, so that 0.009999999999999995 is 0.01 and files of one source agree to the last bit.
        var size = Round(Math.Abs(spacing) * scale, Math.Abs(spacing) * scale, isSingle ? 6 : 10);
        var low = ((Math.Min(centres[0], centres[^1]) * scale) - (size / 2));
        return new RegularAxis(centres.Length, size, Round(low, size, isSingle ? 3 : 6), spacing < 0);
    }

    /// <summary>To a number of decimal places counted from the first digit of <paramref name="unit"/>.</summary>
    internal static double Round(double value, double unit, int digits)
    {
        var places = digits - (int)Math.Floor(Math.Log10(unit));
        // Adding 0 turns −0 into 0.
        return (places is >= 0 and <= 15 ? Math.Round(value, places) : value) + 0.0;
    }
}
