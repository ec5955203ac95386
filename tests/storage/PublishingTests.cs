using System.Text.Json;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage.Publishing;
using Npgsql;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Storage;

public sealed class PublishingTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task ARunComesBackAsItWasPublished()
    {
        var forecast = Sample.Forecast(Sample.LonLatGrid());
        var published = await test.Database.Forecasts.PublishAsync(forecast, _cancellation);

        var back = await test.Database.Queries.LoadRunAsync(published.RunId, _cancellation);

        Assert.True(published.IsSane);
        Assert.Equal(3 * 6, published.Tiles);
        Assert.Equal(forecast.IssueTime, back.IssueTime);
        Assert.Equal(forecast.LeadTimes, back.LeadTimes);
        Assert.Equal(forecast.Thresholds, back.Thresholds);
        Assert.Equal(forecast.RainRate, back.RainRate);
        for (var threshold = 0; threshold < forecast.Thresholds.Count; threshold++)
            Assert.Equal(forecast.ExceedanceProbability[threshold][1], back.ExceedanceProbability[threshold][1],
                (a, b) => a.Equals(b) || Math.Abs(a - b) < 1e-6);
        Assert.Equal(forecast.Provenance.Inputs, back.Provenance.Inputs);
        Assert.Equal(forecast.Provenance.InputQuality, back.Provenance.InputQuality);
        Assert.Equal(forecast.Provenance.ModelChecksum, back.Provenance.ModelChecksum);
    }

    [Fact]
    public async Task PublishingTheSameRunAgainReplacesItAndItsScores()
    {
        var grid = Sample.LonLatGrid();
        var first = await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid, leads: 4, seed: 1), _cancellation);
        await test.Database.Verification.StoreAsync(first.RunId, [VerificationTests.Scores(5, hits: 3)], _cancellation);
        var again = Sample.Forecast(grid, leads: 2, seed: 2);

        var second = await test.Database.Forecasts.PublishAsync(again, _cancellation);

        Assert.False(first.Replaced);
        Assert.True(second.Replaced);
        Assert.Equal(first.RunId, second.RunId);
        Assert.Equal(12L, await test.ScalarAsync<long>("SELECT count(*) FROM nowcast.forecast_tile WHERE run_id = $1", second.RunId));
        Assert.Equal(0L, await test.ScalarAsync<long>("SELECT count(*) FROM nowcast.verification_threshold WHERE run_id = $1",
            second.RunId));
        Assert.Equal(again.RainRate, (await test.Database.Queries.LoadRunAsync(second.RunId, _cancellation)).RainRate);
    }

    [Fact]
    public async Task RunsOfOtherMethodsModelsAndTimesStandBeside()
    {
        var grid = Sample.LonLatGrid(width: 20, height: 20);
        await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid), _cancellation);
        await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid, version: "v2"), _cancellation);
        await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid, method: "persistence"), _cancellation);
        await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid, Sample.Noon.AddMinutes(5)), _cancellation);

        Assert.Equal(4, (await test.Database.Queries.ListRunsAsync(grid.Name, Sample.Noon, Sample.Noon.AddHours(1), _cancellation)).Count);
    }

    [Fact]
    public async Task TheSameRunPublishedFromTwoSidesAtOnceIsOneOfThemAsAWhole()
    {
        var grid = Sample.LonLatGrid();
        var forecasts = Enumerable.Range(1, 4).Select(value => Sample.Forecast(grid, rate: _ => Sample.Even(grid, value))).ToArray();

        await Task.WhenAll(forecasts.Select(forecast => test.Database.Forecasts.PublishAsync(forecast, _cancellation)));

        var run = Assert.Single(await test.Database.Queries.ListRunsAsync(grid.Name, Sample.Noon, Sample.Noon, _cancellation));
        var values = (await test.Database.Queries.LoadRunAsync(run.RunId, _cancellation)).RainRate.SelectMany(field => field).Distinct();
        Assert.Single(values);
    }

    [Fact]
    public async Task WhoListensHearsOfARunThatCanAlreadyBeRead()
    {
        var grid = Sample.LonLatGrid();
        await using var connection = await test.Database.DataSource.OpenConnectionAsync(_cancellation);
        await using (var listen = new NpgsqlCommand($"LISTEN {ForecastPublisher.Channel}", connection))
            await listen.ExecuteNonQueryAsync(_cancellation);
        var heard = new TaskCompletionSource<string>();
        connection.Notification += (_, notification) =>
        {
            if (notification.Payload.Contains(grid.Name, StringComparison.Ordinal))
                heard.TrySetResult(notification.Payload);
        };

        var published = await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid), _cancellation);
        while (!heard.Task.IsCompleted)
            await connection.WaitAsync(_cancellation);

        var payload = JsonDocument.Parse(await heard.Task).RootElement;
        Assert.Equal(grid.Name, payload.GetProperty("grid").GetString());
        Assert.Equal(published.RunId, payload.GetProperty("run_id").GetInt64());
        Assert.Equal(Sample.Noon, payload.GetProperty("issue_time").GetDateTimeOffset());
        Assert.Equal("model", payload.GetProperty("method").GetString());
        Assert.Equal(15, payload.GetProperty("longest_lead_minutes").GetDouble());
        Assert.True(payload.GetProperty("sane").GetBoolean());
        Assert.Equal(3, (await test.Database.Queries.RainAtAsync(152.5, -27.5, Sample.Noon, _cancellation)).Count);
    }

    /// <summary>
    /// Every run is one value everywhere. A reader that ever sees two values, or part of the tiles, has seen a torn run;
    /// with the transaction split this fails within a few runs.
    /// </summary>
    [Fact]
    public async Task ReadersNeverSeeATornRun()
    {
        var grid = Sample.LonLatGrid();
        await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid, rate: _ => Sample.Even(grid, 1)), _cancellation);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(_cancellation);
        var readers = Enumerable.Range(0, 3).Select(_ => ReadAsync()).ToArray();

        for (var value = 2; value <= 60; value++)
            await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid, rate: _ => Sample.Even(grid, value)), _cancellation);

        await done.CancelAsync();
        var seen = await Task.WhenAll(readers);
        Assert.All(seen, values => Assert.True(values.Count > 1, "the reader saw no change, so it proves nothing"));

        async Task<HashSet<double>> ReadAsync()
        {
            var values = new HashSet<double>();
            while (!done.IsCancellationRequested)
            {
                await using var command = test.Database.DataSource.CreateCommand(
                    """
                    SELECT count(*), min((s).min), max((s).max), count(DISTINCT lead_minutes)
                    FROM (SELECT lead_minutes, ST_SummaryStats(rast, 1, true) AS s FROM nowcast.latest_forecast WHERE grid = $1) AS tiles
                    """);
                command.Parameters.Add(new NpgsqlParameter { Value = grid.Name });
                await using var rows = await command.ExecuteReaderAsync(_cancellation);
                await rows.ReadAsync(_cancellation);
                Assert.Equal(18, rows.GetInt64(0));
                Assert.Equal(3, rows.GetInt64(3));
                Assert.Equal(rows.GetDouble(1), rows.GetDouble(2));
                values.Add(rows.GetDouble(1));
            }
            return values;
        }
    }

    [Fact]
    public async Task ARunThatStopsHalfWayLeavesTheOldOne()
    {
        var grid = Sample.LonLatGrid();
        var old = Sample.Forecast(grid, seed: 1);
        var published = await test.Database.Forecasts.PublishAsync(old, _cancellation);
        await using (var spoil = test.Database.DataSource.CreateCommand(
            "ALTER TABLE nowcast.forecast_tile ADD CONSTRAINT spoil CHECK (lead_seconds < 900) NOT VALID"))
            await spoil.ExecuteNonQueryAsync(_cancellation);

        await Assert.ThrowsAsync<PostgresException>(() =>
            test.Database.Forecasts.PublishAsync(Sample.Forecast(grid, seed: 2), _cancellation));

        await using (var mend = test.Database.DataSource.CreateCommand("ALTER TABLE nowcast.forecast_tile DROP CONSTRAINT spoil"))
            await mend.ExecuteNonQueryAsync(_cancellation);
        Assert.Equal(old.RainRate, (await test.Database.Queries.LoadRunAsync(published.RunId, _cancellation)).RainRate);
    }

    [Fact]
    public async Task AForecastWhoseFieldsDoNotFitIsRefused()
    {
        var grid = Sample.LonLatGrid();
        var forecast = Sample.Forecast(grid, rate: _ => new float[10]);

        var error = await Assert.ThrowsAsync<ReportedException>(() => test.Database.Forecasts.PublishAsync(forecast, _cancellation));

        Assert.Contains(grid.Name, error.Message);
    }
}
