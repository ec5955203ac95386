using System.Globalization;
using System.Text.Json;
using ConvLstm.Nowcast.Files;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Jobs.Verification;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Tests.Storage;
using Npgsql;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

/// <summary>Runs in the database and as files, verified there and by <c>nowcast evaluate</c>.</summary>
public sealed class ScoresOfMadeForecasts(TestDatabase test, Archive archive) : IClassFixture<TestDatabase>, IClassFixture<Archive>,
    IDisposable
{
    private const int PastScans = 3, Leads = 4, NotThere = 10, Bad = 13;
    private static readonly int[] Issues = [5, 8, 11, 14];
    private static readonly float[] Thresholds = [0.1f, 1, 5];
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheSqlViewsAndTheCommandScoreTheSameRunsAlike()
    {
        var sequence = await PublishAsync();
        await new VerificationPass(test.Database).RunAsync(sequence.Frames[0].ValidTime, _cancellation);
        var cli = Cli.In(_folder, test.ConnectionString);

        await cli.DoAsync("evaluate", "--runs", sequence.Grid.Name, "--json", "runs.json");
        await cli.DoAsync("evaluate", "--data", "scans", "--forecasts", "forecasts", "--json", "files.json");

        using var runs = JsonDocument.Parse(await File.ReadAllTextAsync(_folder.File("runs.json"), _cancellation));
        var compared = 0;
        foreach (var row in runs.RootElement.GetProperty("thresholds").EnumerateArray().Where(IsCommon))
        {
            var (method, version) = row.GetProperty("method").GetString()!.Split(' ') is [var name, var v] ? (name, v)
                : (row.GetProperty("method").GetString()!, null);
            var (minutes, threshold) = (row.GetProperty("leadMinutes").GetDouble(), row.GetProperty("threshold").GetSingle());
            var lead = runs.RootElement.GetProperty("leads").EnumerateArray()
                .Single(l => IsCommon(l) && l.GetProperty("method").GetString() == row.GetProperty("method").GetString()
                    && l.GetProperty("leadMinutes").GetDouble() == minutes);
            const string Where = "WHERE grid = $1 AND method = $2 AND lead_minutes = $3 AND threshold = $4 AND model_version = "
                + "coalesce($5, model_version)";
            object[] keys = [sequence.Grid.Name, method, minutes, threshold, (object?)version ?? DBNull.Value];
            compared += await CompareAsync("SELECT csi, crps, pod, far, brier, mae, rmse FROM nowcast.skill " + Where, keys,
                [row.GetProperty("csi"), lead.GetProperty("crps"), row.GetProperty("pod"), row.GetProperty("far"), row.GetProperty("brier"),
                    lead.GetProperty("mae"), lead.GetProperty("rmse")]);
            foreach (var scale in row.GetProperty("fss").EnumerateObject())
                compared += await CompareAsync($"SELECT fss FROM nowcast.skill_fss {Where} AND scale_km = {scale.Name}", keys,
                    [scale.Value]);
        }
        // extrapolation, persistence and two versions of a model; every row has seven scores and four scales.
        Assert.Equal(4 * Leads * Thresholds.Length * (7 + 4), compared);
        Assert.Equal(
            await File.ReadAllTextAsync(_folder.File("runs.json"), _cancellation),
                await File.ReadAllTextAsync(_folder.File("files.json"), _cancellation));
    }

    [Fact]
    public async Task WhatDoesNotFitTogetherIsNamed()
    {
        var cli = Cli.In(_folder, test.ConnectionString);

        Assert.Contains("--data", await cli.FailAsync(2, "evaluate", "--forecasts", "f.nc"), StringComparison.Ordinal);
        Assert.Contains("--every", await cli.FailAsync(2, "evaluate", "--runs", "--every", "2"), StringComparison.Ordinal);
        Assert.Contains("--fss-scales 4", await cli.FailAsync(2, "evaluate", "--runs", "--fss-scales", "1", "4"), StringComparison.Ordinal);
        Assert.Contains("no-such-grid", await cli.FailAsync(1, "evaluate", "--runs", "no-such-grid"), StringComparison.Ordinal);
        foreach (var lead in new[] { 10, 20 })
            await cli.DoAsync("forecast", "--data", archive.Folder, "--method", "extrapolation", "--at", Time(20), "--lead", $"{lead}",
                "--out", $"{lead}.nc");
        Assert.Contains("5 to 20 minutes: score them apart",
            await cli.FailAsync(1, "evaluate", "--data", archive.Folder, "--forecasts", "10.nc", "20.nc"), StringComparison.Ordinal);
        Assert.Contains("nothing to score", await cli.FailAsync(1, "evaluate", "--data", archive.FileOf(1), "--forecasts", "10.nc"),
            StringComparison.Ordinal);
        Assert.Contains("is no forecast of this program",
            await cli.FailAsync(1, "evaluate", "--data", archive.Folder, "--forecasts", archive.FileOf(1)), StringComparison.Ordinal);

        string Time(int scan) => archive.Frames[scan].ValidTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Scans of which one did not come and one is bad, and runs of three methods; all of it also as files.</summary>
    private async Task<RadarSequence> PublishAsync()
    {
        var count = Issues[^1] + Leads + 1;
        // As the files hold them.
        var frames = RadarArchive.Open([.. Enumerable.Range(0, count).Select(archive.FileOf)], RadarFormats.Open,
            cancellation: _cancellation).Scans.Select(scan => scan.Read()).ToList();
        var sequence = new RadarSequence(frames[1].ValidTime - frames[0].ValidTime, frames);
        Directory.CreateDirectory(_folder.File("scans"));
        for (var i = 0; i < count; i++)
        {
            if (i == NotThere)
                continue;
            await test.Database.Scans.StoreAsync(frames[i], "x", i == Bad ? """{"usable": false}""" : null, _cancellation);
            if (i != Bad)
                File.Copy(archive.FileOf(i), _folder.File($"scans/{Path.GetFileName(archive.FileOf(i))}"));
        }
        foreach (var issue in Issues)
        {
            await PublishAsync(new Extrapolation().Forecast(Past(issue), Request(), _cancellation));
            await PublishAsync(new Persistence().Forecast(Past(issue), Request(), _cancellation));
            // Last hour's version and this hour's.
            await PublishAsync(Weaker(new Extrapolation().Forecast(Past(issue), Request(), _cancellation),
                issue > Issues[1] ? "v2" : "v1"));
        }
        return sequence;

        RadarSequence Past(int issue) => sequence.Slice(issue - PastScans, PastScans + 1);
        ForecastRequest Request() => new(sequence.Step * Leads, Thresholds);
    }

    private async Task PublishAsync(RainForecast forecast)
    {
        var run = await test.Database.Forecasts.PublishAsync(forecast, _cancellation);
        // Probabilities are kept to 0.01 in the database.
        var kept = await test.Database.Queries.LoadRunAsync(run.RunId, _cancellation);
        ForecastFile.Write(_folder.File($"forecasts/{forecast.Provenance.Method}/{ForecastFile.NameFor(forecast.IssueTime)}"), kept,
            TimeProvider.System, _cancellation);
    }

    private static RainForecast Weaker(RainForecast forecast, string version) => new()
    {
        Grid = forecast.Grid, IssueTime = forecast.IssueTime, LeadTimes = forecast.LeadTimes, Thresholds = forecast.Thresholds,
        RainRate = [.. forecast.RainRate.Select(field => Array.ConvertAll(field, rate => 0.7f * rate))],
        ExceedanceProbability = forecast.ExceedanceProbability, Provenance = forecast.Provenance with
        {
            Method = "model",
            ModelVersion = version,
        },
    };

    private async Task<int> CompareAsync(string sql, object[] keys, JsonElement[] expected)
    {
        await using var query = test.Database.DataSource.CreateCommand(sql);
        foreach (var key in keys)
            query.Parameters.Add(key is DBNull ? new() { Value = key, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text }
                : new NpgsqlParameter { Value = key });
        await using var columns = await query.ExecuteReaderAsync(_cancellation);
        Assert.True(await columns.ReadAsync(_cancellation), sql);
        for (var column = 0; column < expected.Length; column++)
        {
            var inSql = await columns.IsDBNullAsync(column, _cancellation) ? double.NaN
                : Convert.ToDouble(columns.GetValue(column), CultureInfo.InvariantCulture);
            var byCommand = expected[column].ValueKind == JsonValueKind.Null ? double.NaN : expected[column].GetDouble();
            Assert.True(
                double.IsNaN(inSql) ? double.IsNaN(byCommand) : Math.Abs(inSql - byCommand) < 1e-6,
                $"{columns.GetName(column)} of {string.Join(' ', keys)}: {inSql} in the database, {byCommand} by the command");
        }
        Assert.False(await columns.ReadAsync(_cancellation), sql);
        return expected.Length;
    }

    private static bool IsCommon(JsonElement row) => row.GetProperty("mask").GetString() == "common";
}
