using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Storage;

/// <summary>What a person at a terminal sees while runs come in.</summary>
public sealed class PsqlReaderTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private const int Runs = 200;
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    /// <summary>
    /// Every run is one value everywhere, one more than the run before. With the transaction of publishing split the rows of
    /// the run, its tiles and the arrays beside them part within a few runs; the end of the test shows that this is noticed.
    /// </summary>
    [Fact]
    public async Task PsqlNeverSeesATornRunWhileOneIsWrittenTwoHundredTimes()
    {
        var grid = Sample.LonLatGrid();
        var run = (await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid, rate: _ => Sample.Even(grid, 0.5f)),
            _cancellation)).RunId;
        using var psql = Psql.Start(test.ConnectionString, "nowcast_reader");
        using var done = CancellationTokenSource.CreateLinkedTokenSource(_cancellation);
        var reading = ReadAsync();

        for (var value = 1; value <= Runs; value++)
            await test.Database.Forecasts.PublishAsync(Sample.Forecast(grid, rate: _ => Sample.Even(grid, value)), _cancellation);
        await done.CancelAsync();

        var seen = await reading;
        Assert.True(seen.Count > 20, $"psql saw only {seen.Count} different runs, which proves little");
        Assert.Equal(Whole(Runs), await psql.AskAsync(Question(grid.Name), _cancellation));
        await using (var tear = test.Database.DataSource.CreateCommand(
            "DELETE FROM nowcast.forecast_tile WHERE run_id = $1 AND tile_row = 1 AND lead_seconds = 600"))
        {
            tear.Parameters.Add(new NpgsqlParameter { Value = run });
            await tear.ExecuteNonQueryAsync(_cancellation);
        }
        Assert.NotEqual(Whole(Runs), await psql.AskAsync(Question(grid.Name), _cancellation));

        async Task<HashSet<string>> ReadAsync()
        {
            var values = new HashSet<string>();
            while (!done.IsCancellationRequested)
            {
                var answer = await psql.AskAsync(Question(grid.Name), _cancellation);
                var value = answer.Split('|')[2];
                var isNumber = double.TryParse(value, CultureInfo.InvariantCulture, out var rate);
                Assert.True(isNumber && Whole(rate) == answer, $"psql saw a torn run: {answer}");
                values.Add(value);
            }
            return values;
        }
    }

    private static string Whole(double value) => string.Create(CultureInfo.InvariantCulture, $"18|3|{value}|{value}|{value}|{value}|3");

    /// <summary>Tiles, leads, the least and highest rate of the rasters, then those that rain_over finds, and its leads.</summary>
    private static string Question(string grid) =>
        $"""
        SELECT count(*), count(DISTINCT lead_minutes), min((s).min), max((s).max), min(o.low), max(o.high), max(o.leads)
        FROM (SELECT lead_minutes, ST_SummaryStats(rast, 1, true) AS s FROM nowcast.latest_forecast WHERE grid = '{grid}') AS tiles,
             (SELECT min(round(mean_mm_h::numeric, 6)::float8) AS low, max(max_mm_h) AS high, count(*) AS leads
              FROM nowcast.rain_over(ST_MakeEnvelope(152.005, -27.905, 153.405, -27.105, 4326), 'infinity')) AS o;
        """.ReplaceLineEndings(" ");
}

/// <summary>A psql that answers one line a question.</summary>
internal sealed class Psql : IDisposable
{
    private readonly Process _process;

    private Psql(Process process) => _process = process;

    public static Psql Start(string connectionString, string role)
    {
        var at = new NpgsqlConnectionStringBuilder(connectionString);
        var start = new ProcessStartInfo("psql", ["-XqAt", "-v", "ON_ERROR_STOP=1", "-h", at.Host!, "-p",
            at.Port.ToString(CultureInfo.InvariantCulture), "-U", role, at.Database!])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        return new Psql(Process.Start(start)!);
    }

    /// <summary>The answer's only row; empty where psql has ended with an error.</summary>
    public async Task<string> AskAsync(string question, CancellationToken cancellation)
    {
        await _process.StandardInput.WriteLineAsync(question.AsMemory(), cancellation);
        await _process.StandardInput.FlushAsync(cancellation);
        return await _process.StandardOutput.ReadLineAsync(cancellation) ?? "";
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
