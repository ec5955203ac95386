using System.Globalization;

namespace ConvLstm.Nowcast.Jobs.Web.Frames;

/// <summary>
/// Which map of a lead is wanted: the rate, the probability of more than a threshold, a member, or the depth since the issue time.
/// </summary>
/// <param name="Name">rate, probability, member or depth.</param>
/// <param name="Threshold">mm/h, of a probability.</param>
/// <param name="Member">From 1, of a member.</param>
internal sealed record FrameLayer(string Name, float Threshold = 0, int Member = 0)
{
    internal const string Rate = "rate", Probability = "probability", MemberName = "member", Depth = "depth";
    internal const int Members = 20;

    internal FrameKind Kind => Name switch { Probability => FrameKind.Percent, Depth => FrameKind.Depth, _ => FrameKind.Rate };

    /// <summary>It is made of all leads up to its own.</summary>
    internal bool NeedsAllLeads => Name is MemberName or Depth;

    /// <exception cref="BadHttpRequestException">There is no such layer.</exception>
    internal static FrameLayer Parse(string? layer, string? threshold, int? member) => (layer ?? Rate) switch
    {
        Rate => new(Rate),
        Depth => new(Depth),
        Probability when float.TryParse(threshold, NumberStyles.Float, CultureInfo.InvariantCulture, out var mm) =>
            new(Probability, Threshold: mm),
        Probability => throw HttpErrors.BadRequest("A probability is of more than a threshold: add threshold=1, in mm/h."),
        MemberName when member is >= 1 and <= Members => new(MemberName, Member: member.Value),
        MemberName => throw HttpErrors.BadRequest($"A member has a number: add member=1, up to {Members}."),
        _ => throw HttpErrors.BadRequest("A layer is rate, probability, member or depth."),
    };

    public override string ToString() => Name switch
    {
        Probability => string.Create(CultureInfo.InvariantCulture, $"probability-{Threshold}"),
        MemberName => $"member-{Member}",
        _ => Name,
    };
}
