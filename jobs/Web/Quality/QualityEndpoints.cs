using System.ComponentModel;
using ConvLstm.Nowcast.Jobs.Web.Cache;
using ConvLstm.Nowcast.Storage.Queries;

namespace ConvLstm.Nowcast.Jobs.Web.Quality;

/// <summary><c>/api/quality</c>: scores of a period by method; <c>/api/models</c>: the models and how they were trained.</summary>
internal static class QualityEndpoints
{
    private const string Tag = "Quality";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/quality", QualityAsync).WithTags(Tag)
            .WithSummary("Scores of the runs issued in a period, all methods on the same pixels.")
            .ProducesProblem(400).ProducesProblem(404).RequireRateLimiting(Limits.Heavy);
        routes.MapGet("/api/models", async (AnswerSource source, CancellationToken cancellation) =>
            (await source.Database.Models.ListAsync(cancellation)).Select(ModelAnswer.Of)).WithTags(Tag)
                .WithSummary("The models of the database, with their training curves.");
    }

    private static async Task<Scores> QualityAsync(
        AnswerSource source, RunLookup runs, [Description("The name of a grid; the first where it is left out.")] string? grid,
        [Description("Issued at or after, UTC; without it all.")] string? from,
        [Description("Issued at or before, UTC; without it all.")] string? to,
        CancellationToken cancellation)
    {
        var name = runs.Grid(grid).Name;
        var span = await source.Database.Skill.SpanAsync(name, cancellation);
        var (first, last) = (Times.ParseOptional(from) ?? span?.From, Times.ParseOptional(to) ?? span?.To);
        if (first is not { } start || last is not { } end)
            return new(name, null, null, null, null, [], [], [], []);
        if (start > end)
            throw HttpErrors.BadRequest("The period ends before it starts.");
        return new(
            name, start.UtcDateTime, end.UtcDateTime, span?.From.UtcDateTime, span?.To.UtcDateTime,
            await source.Database.Skill.ThresholdsAsync(name, start, end, cancellation),
            await source.Database.Skill.LeadsAsync(name, start, end, cancellation),
            await source.Database.Skill.FssAsync(name, start, end, cancellation),
                await source.Database.Skill.ReliabilityAsync(name, start, end, cancellation));
    }

    /// <param name="Grid">The grid.</param>
    /// <param name="From">Of the period, UTC; null where nothing is verified yet.</param>
    /// <param name="To">Of the period, UTC.</param>
    /// <param name="FirstVerified">The oldest verified run, UTC.</param>
    /// <param name="LastVerified">The newest verified run, UTC.</param>
    /// <param name="Thresholds">By method, lead and threshold.</param>
    /// <param name="Leads">By method and lead.</param>
    /// <param name="Fss">By method, lead, threshold and scale.</param>
    /// <param name="Reliability">By method, lead, threshold and bin.</param>
    internal sealed record Scores(
        string Grid, DateTime? From, DateTime? To, DateTime? FirstVerified, DateTime? LastVerified,
        IReadOnlyList<ThresholdSkill> Thresholds,
        IReadOnlyList<LeadSkill> Leads, IReadOnlyList<FssSkill> Fss, IReadOnlyList<ReliabilitySkill> Reliability);
}
