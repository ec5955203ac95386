using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using ConvLstm.Nowcast.Storage;
using Npgsql;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Storage;

/// <summary>
/// A database as the version of 22 November 2026 left it, with scans, runs of three methods, scores, a promoted model and the history of
/// its jobs (<c>Versions/make.sh</c> made the dump with the program of then), under the migrations of today.
/// </summary>
public sealed class DataOfAnEarlierVersion(TestCluster cluster)
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryQuestionIsAnsweredAsBeforeAndTheServiceGoesOn()
    {
        var address = await cluster.CreateDatabaseAsync(_cancellation, template: "template0");
        await LoadAsync(address, RepositoryFolder.File("tests/storage/Versions/2026-11-22.sql.gz"));
        await using var before = NpgsqlDataSource.Create(address);
        var questions = await QuestionsAsync(before);
        var told = new Dictionary<string, string>();
        foreach (var question in questions)
            told[question] = await AskAsync(before, Answer(question, null));
        Assert.All(told, answer => Assert.True(answer.Value != "[]", $"nothing answers {answer.Key}, which proves nothing"));

        await using var database = await NowcastDatabase.OpenAsync(address, _cancellation);

        Assert.All(await Migrations.StatusAsync(database.DataSource, _cancellation), file => Assert.NotNull(file.AppliedAt));
        foreach (var question in questions)
            Assert.Equal((question, told[question]), (question, await AskAsync(database.DataSource, Answer(question, told[question]))));
        await GoesOnAsync(database);
    }

    /// <summary>What the program of today reads of it, and writes beside it.</summary>
    private async Task GoesOnAsync(NowcastDatabase database)
    {
        var grid = Assert.Single(await database.Grids.ListAsync(_cancellation)).Grid;
        var old = (await database.Queries.LatestRunAsync(grid.Name, null, _cancellation))!;
        var maps = await database.Maps.LoadAsync(old, null, _cancellation);
        Assert.Equal(old.LeadSeconds.Length, maps.Rates.Count);
        var scans = await database.Scans.LatestAsync(grid.Name, 3, usableOnly: true, _cancellation);
        Assert.Equal(3, scans.Count);
        var promoted = (await database.Models.PromotedAsync(_cancellation))!.Version;
        Assert.NotEmpty(await database.Models.CheckpointAsync(promoted, _cancellation));
        var next = old.IssueTime.AddMinutes(5);
        await database.Scans.StoreAsync(Sample.RadarFrame(grid, next), "next.nc", cancellation: _cancellation);

        var published = await database.Forecasts.PublishAsync(Sample.Forecast(grid, next), _cancellation);

        Assert.Equal(published.RunId, (await database.Queries.LatestRunAsync(grid.Name, null, _cancellation))!.RunId);
        // The days of then go with the rest.
        Assert.NotEqual(0, await database.DropDaysBeforeAsync(DateOnly.FromDateTime(next.UtcDateTime).AddDays(1), _cancellation));
    }

    /// <summary>The views and functions that consumers had, at the centre of the grid and over all of it.</summary>
    private async Task<IReadOnlyList<string>> QuestionsAsync(NpgsqlDataSource database)
    {
        var views = await AskAsync(database,
            """
            SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class
            WHERE relnamespace = 'nowcast'::regnamespace AND relkind = 'v' AND relname !~ '_in$'
            """);
        var (place, issued) = (
            await AskAsync(database, "SELECT format('%s, %s', (west + east) / 2, (south + north) / 2) FROM nowcast.grid"),
            await AskAsync(database, "SELECT format('at => %L', max(issue_time) + interval '1 minute') FROM nowcast.run"));
        var area = await AskAsync(database,
            "SELECT format('ST_MakeEnvelope(%s, %s, %s, %s, 4326)', west, south, east, north) FROM nowcast.grid");
        return
        [
            .. views.Split(' ').Select(view => $"SELECT * FROM nowcast.{view} AS v"),
            $"SELECT * FROM nowcast.rain_at({place}, {issued})", $"SELECT * FROM nowcast.exceedance_at({place}, {issued})",
            $"SELECT nowcast.rain_starts({place}, 0, {issued}) AS minutes", $"SELECT * FROM nowcast.depth_at({place}, 60, {issued})",
            $"SELECT * FROM nowcast.rain_over({area}, {issued})",
            $"SELECT m.* FROM nowcast.grid AS g, nowcast.map_at(g.name, 5, {issued}) AS m",
        ];
    }

    /// <summary>The rows of an answer, in an order of their own; what depends on the time of asking is left out.</summary>
    /// <param name="question">It.</param>
    /// <param name="earlier">An answer whose columns are asked for; null for all.</param>
    private static string Answer(string question, string? earlier) =>
        $"""
        SELECT coalesce(jsonb_agg(o ORDER BY o::text), '[]')::text
        FROM ({question}) AS q, LATERAL (
            SELECT jsonb_object_agg(e.key, e.value) AS o FROM jsonb_each(to_jsonb(q)) AS e
            WHERE e.key !~ '^age' AND {(earlier is null ? "true" : $"e.key IN ('{string.Join("', '", ColumnsOf(earlier))}')")}) AS columns
        """;

    private static IEnumerable<string> ColumnsOf(string answer)
    {
        using var rows = JsonDocument.Parse(answer);
        return [.. rows.RootElement[0].EnumerateObject().Select(column => column.Name)];
    }

    private async Task<string> AskAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync(_cancellation))!;
    }

    private async Task LoadAsync(string address, string dump)
    {
        var at = new NpgsqlConnectionStringBuilder(address);
        string[] arguments = ["-h", at.Host!, "-p", $"{at.Port}", "-U", at.Username!, "-d", at.Database!, "-q", "-v", "ON_ERROR_STOP=1"];
        using var psql = Process.Start(new ProcessStartInfo("psql", arguments)
        {
            RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true,
        })!;
        var said = psql.StandardError.ReadToEndAsync(_cancellation);
        var answers = psql.StandardOutput.ReadToEndAsync(_cancellation);
        await using (var packed = new GZipStream(File.OpenRead(dump), CompressionMode.Decompress))
            await packed.CopyToAsync(psql.StandardInput.BaseStream, _cancellation);
        psql.StandardInput.Close();
        await psql.WaitForExitAsync(_cancellation);
        await answers;
        Assert.True(psql.ExitCode == 0, await said);
    }
}
