using System.ComponentModel;
using ConvLstm.Nowcast.Files;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Web.Cache;
using Microsoft.Net.Http.Headers;

namespace ConvLstm.Nowcast.Jobs.Web.Api;

/// <summary>Runs: a list, one, and its CF-NetCDF file.</summary>
internal static class RunEndpoints
{
    private const string Tag = "Runs";
    private const int DefaultLimit = 100, HighestLimit = 1000;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/runs", ListAsync).WithTags(Tag).WithSummary("Runs, the newest first.").ProducesProblem(404)
            .ProducesProblem(400);
        routes.MapGet("/api/runs/{run:long}",
            async (RunLookup runs, long run, CancellationToken cancellation) => RunAnswer.Of(await runs.RunAsync(run, cancellation)))
            .WithTags(Tag).WithSummary("A run without its maps.").ProducesProblem(404);
        routes.MapGet("/api/runs/{run:long}/forecast.nc", DownloadAsync).WithTags(Tag).WithSummary("A run as CF-NetCDF file.")
            .Produces(StatusCodes.Status200OK, contentType: "application/x-netcdf").ProducesProblem(404).RequireRateLimiting(Limits.Heavy);
    }

    private static async Task<IEnumerable<RunAnswer>> ListAsync(
        AnswerSource source, RunLookup runs, [Description("The name of a grid; the first where it is left out.")] string? grid,
        [Description("Issued at or after, UTC.")] string? from, [Description("Issued at or before, UTC.")] string? to,
        [Description("At most so many: 100, up to 1000.")] int? limit, CancellationToken cancellation)
    {
        var chosen = runs.Grid(grid);
        var most = limit ?? DefaultLimit;
        if (most is < 1 or > HighestLimit)
            throw HttpErrors.BadRequest($"A limit is from 1 to {HighestLimit}, not {most}.");
        var found = await source.Database.Maps.NewestRunsAsync(chosen.Name, Times.ParseOptional(from), Times.ParseOptional(to), most,
            cancellation);
        return found.Where(run => run.IsSane).Select(RunAnswer.Of);
    }

    private static async Task<IResult> DownloadAsync(
        HttpContext context, AnswerSource source, RunLookup runs, TimeProvider time, long run, CancellationToken cancellation)
    {
        var summary = await runs.RunAsync(run, cancellation);
        if (summary.MapsDroppedAt is not null)
            throw HttpErrors.Gone($"The maps of run {run} were dropped for their age.");
        context.Response.Headers.CacheControl = "public, max-age=60";
        var tag = new EntityTagHeaderValue($"\"{summary.RunId}-{summary.PublishedAt.UtcTicks:x}-nc\"");
        if (EntityTags.Holds(context.Request, tag))
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        var forecast = await source.Database.Queries.LoadRunAsync(run, cancellation);
        using var scratch = ScratchFolder.Create("answer");
        var path = Path.Combine(scratch.Path, "run.nc");
        await Task.Run(() => ForecastFile.Write(path, forecast, time, cancellation), cancellation);
        // Its name goes with the folder, what it holds with the answer.
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16,
            FileOptions.Asynchronous);
        return TypedResults.File(file, "application/x-netcdf", ForecastFile.NameFor(summary.IssueTime), entityTag: tag,
            enableRangeProcessing: true);
    }
}
