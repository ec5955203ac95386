using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Methods;

/// <summary>
/// How many pixels of a threshold a map shows: those of the newest rain at the lead, and a little more the longer the lead.
/// </summary>
/// <param name="Extrapolated">The newest rain at the lead, mm/h; NaN where the air is not known.</param>
/// <param name="Lead">The lead.</param>
internal sealed record ShownArea(float[] Extrapolated, TimeSpan Lead)
{
    /// <summary>
    /// Where rain is not known to the pixel, a map with the area that comes misses more than one that is a little larger: near its edge
    /// rain is nearly as likely as not, and what is gained in hits outweighs false alarms (Hogan and Mason 2012, section 3.2). More than
    /// this and the area is no forecast of the area.
    /// </summary>
    private const double More = 0.1;

    /// <summary>Half of the way to it, about, minutes.</summary>
    private const double Soon = 15;

    /// <summary>How many pixels of a rate, mm/h, a map shows.</summary>
    internal int Pixels(float rate) => Grown(Reached(rate));

    /// <summary>How many, where the newest rain has so many.</summary>
    internal int Grown(int reached) => (int)Math.Round(reached * (1 + (More * (1 - Math.Exp(-Lead.TotalMinutes / Soon)))));

    /// <summary>How many pixels of a rate, mm/h, the newest rain has.</summary>
    internal int Reached(float rate)
    {
        var reached = 0;
        foreach (var rain in Extrapolated)
            reached += Has(rain, rate) ? 1 : 0;
        return reached;
    }

    /// <summary>Whether rain, mm/h, reaches a rate; what is not known does not.</summary>
    internal static bool Has(float rain, float rate) => rain >= rate * (1 - ExceedanceThresholds.Slack);
}
