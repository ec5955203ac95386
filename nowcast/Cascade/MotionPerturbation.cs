namespace ConvLstm.Nowcast.Cascade;

/// <summary>
/// How far the motion of a member may be off, along and across it: Laplace distributed, growing with the lead as a·tᵇ + c (Bowler, Pierce
/// and Seed 2006, section 4; the constants are those that Pulkkinen et al. 2019 give for optical flow on Finnish and Swiss rain).
/// </summary>
internal sealed class MotionPerturbation(Random random)
{
    private static readonly (double A, double B, double C) Along = (10.88, 0.23, -7.68);
    private static readonly (double A, double B, double C) Across = (5.76, 0.31, -2.72);

    private readonly double _along = Laplace(random);
    private readonly double _across = Laplace(random);

    /// <summary>The way that this member's rain is ahead of the forecast motion and to its left after a time, km.</summary>
    internal (double Along, double Across) At(TimeSpan lead) =>
        (_along * Way(Along, lead.TotalMinutes), _across * Way(Across, lead.TotalMinutes));

    /// <summary>∫ (a·tᵇ + c) dt of the speeds in km/h, from where they are above 0.</summary>
    private static double Way((double A, double B, double C) speed, double minutes)
    {
        var start = Math.Pow(-speed.C / speed.A, 1 / speed.B);
        return minutes <= start ? 0 : (Integral(minutes) - Integral(start)) / 60;

        double Integral(double t) => (speed.A * Math.Pow(t, speed.B + 1) / (speed.B + 1)) + (speed.C * t);
    }

    /// <summary>Laplace's distribution of variance 1.</summary>
    private static double Laplace(Random random)
    {
        var u = random.NextDouble() - 0.5;
        return -Math.Sign(u) * Math.Log(1 - (2 * Math.Abs(u))) / Math.Sqrt(2);
    }
}
