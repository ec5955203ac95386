using System.Text;
using System.Text.RegularExpressions;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Verification;
using ConvLstm.Nowcast.Storage.Jobs;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Storage;

/// <summary>
/// ops/docs/sql.md shows what is true. NOWCAST_REWRITE_DOCS=1 writes the answers of this machine into it; look at the
/// difference, and put … where an answer depends on the day or the machine.
/// </summary>
public sealed class SqlDocumentTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryExampleGivesTheAnswerThatIsShown()
    {
        await FillAsync();
        var path = SqlDocument.File;
        var text = await File.ReadAllTextAsync(path, _cancellation);
        var rewrite = Environment.GetEnvironmentVariable("NOWCAST_REWRITE_DOCS") == "1";
        var (rewritten, examples, wrong) = (new StringBuilder(), 0, new List<string>());
        var end = 0;
        foreach (Match block in SqlDocument.Blocks(text))
        {
            examples++;
            var answer = await SqlDocument.AskAsync(test.ConnectionString, block.Groups["sql"].Value, _cancellation);
            var shown = block.Groups["answer"].Value;
            var pattern = string.Join(".*", SqlDocument.WithoutSpaces(shown).Split('…').Select(part => Regex.Escape(part.Trim(' '))));
            if (!Regex.IsMatch(SqlDocument.WithoutSpaces(answer).Trim(), $"^\\s*{pattern}\\s*$", RegexOptions.Singleline))
                wrong.Add($"{block.Groups["sql"].Value}\ngives\n{answer}\nnot\n{shown}");
            rewritten.Append(text, end, block.Index - end).Append("```sql\n").Append(block.Groups["sql"].Value).Append("```\n");
            if (answer.Length > 0)
                rewritten.Append("\n```text\n").Append(answer.TrimEnd()).Append("\n```\n");
            end = block.Index + block.Length;
        }
        if (rewrite)
            await File.WriteAllTextAsync(path, rewritten.Append(text, end, text.Length - end).ToString(), _cancellation);
        Assert.True(examples > 20, $"only {examples} examples were found");
        Assert.True(wrong.Count == 0, string.Join("\n\n", wrong));
    }

    [Fact]
    public async Task EveryFunctionAndViewForReadersIsInTheDocument()
    {
        await test.Database.Grids.EnsureAsync(Sample.LonLatGrid("brisbane", 128, 128), _cancellation);
        var text = await File.ReadAllTextAsync(SqlDocument.File, _cancellation);
        await using var names = test.Database.DataSource.CreateCommand(
            """
            SELECT proname FROM pg_proc WHERE pronamespace = 'nowcast'::regnamespace AND has_function_privilege('nowcast_reader', oid, 'execute')
            UNION SELECT relname FROM pg_class WHERE relnamespace = 'nowcast'::regnamespace AND relkind = 'v' AND has_table_privilege('nowcast_reader', oid, 'select')
            """);
        await using var rows = await names.ExecuteReaderAsync(_cancellation);
        var missing = new List<string>();
        while (await rows.ReadAsync(_cancellation))
        {
            // The views of a grid are asked by the name that psql was given.
            if (!Regex.IsMatch(text, $@"nowcast\.{rows.GetString(0).Replace("_brisbane", "_:view_name", StringComparison.Ordinal)}\b"))
                missing.Add(rows.GetString(0));
        }
        Assert.Empty(missing);
    }

    /// <summary>A band of rain that moves east by 4 pixels a step; two scans before the issue time and two after it.</summary>
    private async Task FillAsync()
    {
        var grid = Sample.LonLatGrid("brisbane", 128, 128);
        var time = TimeSpan.FromMinutes(5);
        for (var step = -1; step <= 2; step++)
        {
            if (step == 1)
            {
                await test.Database.Models.ImportAsync("band-1", "lagrangian", [1, 2, 3], "{}", "{}", _cancellation);
                await test.Database.Models.PromoteAsync("band-1", "first", _cancellation);
                var checksum = (await test.Database.Models.PromotedAsync(_cancellation))!.Checksum;
                var model = Sample.Forecast(grid, leads: 12, version: "band-1", rate: lead => Band(grid, lead + 1, growth: 1.1));
                await test.Database.Forecasts.PublishAsync(With(model, checksum), _cancellation);
                await test.Database.Forecasts.PublishAsync(
                    Sample.Forecast(grid, leads: 12, method: "persistence", version: "1", rate: _ => Band(grid, 0, growth: 1)),
                        _cancellation);
            }
            await test.Database.Scans.StoreAsync(
                new RadarFrame(grid, Sample.Noon + (step * time), Band(grid, step, growth: 1)), $"band_{step + 1}.nc",
                    cancellation: _cancellation);
        }
        var job = test.Database.Jobs.Begin("verify");
        var scored = await new VerificationPass(test.Database).RunAsync(Sample.Noon, _cancellation);
        test.Database.Jobs.End(job, JobOutcome.Succeeded, $"{scored} maps scored");
    }

    private static RainForecast With(RainForecast forecast, string checksum) => new()
    {
        Grid = forecast.Grid, IssueTime = forecast.IssueTime, LeadTimes = forecast.LeadTimes, RainRate = forecast.RainRate,
        Thresholds = forecast.Thresholds,
        ExceedanceProbability = forecast.ExceedanceProbability, Provenance = forecast.Provenance with { ModelChecksum = checksum },
    };

    private static float[] Band(RadarGrid grid, int step, double growth)
    {
        var field = new float[grid.PixelCount];
        for (var pixel = 0; pixel < field.Length; pixel++)
        {
            var from = ((pixel % grid.Width) - 60 - (4 * step)) / 12.0;
            var along = ((pixel / grid.Width) - 50) / 40.0;
            var rate = 9 * Math.Pow(growth, step) * Math.Exp(-(from * from) - (along * along));
            field[pixel] = rate < 0.05 ? 0 : MathF.Round((float)rate, 2);
        }
        return field;
    }
}
