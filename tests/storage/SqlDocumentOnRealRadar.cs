using System.Text.RegularExpressions;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Jobs.Verification;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Storage;

public sealed class SqlDocumentOnRealRadar(TestDatabase test) : IClassFixture<TestDatabase>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    /// <summary>Of two countries, on two projections, with as much that is dry or unseen as there is.</summary>
    [Fact]
    public async Task EveryExampleRunsAsWrittenOnRealRadar()
    {
        foreach (var files in new[] { RadarData.Files("knmi_netherlands_20100826")[..8], RadarData.Files("bom_brisbane_20201031")[30..36] })
        {
            var scans = new List<RadarFrame>();
            foreach (var path in files)
            {
                using var file = RadarFormats.Open(path);
                scans.Add(file.Read(0));
                await test.Database.Scans.StoreAsync(scans[^1], Path.GetFileName(path), cancellation: _cancellation);
            }
            var newest = scans[2];
            foreach (var method in new[] { "model", "persistence" })
            {
                await test.Database.Forecasts.PublishAsync(
                    Sample.Forecast(newest.Grid, newest.ValidTime, leads: 12, method: method, version: "1", rate: _ => newest.RainRate),
                        _cancellation);
            }
        }
        Assert.True(await new VerificationPass(test.Database).RunAsync(DateTimeOffset.UnixEpoch, _cancellation) > 0);

        var failed = new List<string>();
        foreach (Match block in SqlDocument.Blocks(await File.ReadAllTextAsync(SqlDocument.File, _cancellation)))
        {
            var answer = await SqlDocument.AskAsync(test.ConnectionString, block.Groups["sql"].Value, _cancellation);
            if (answer.Contains("ERROR", StringComparison.Ordinal))
                failed.Add($"{block.Groups["sql"].Value}\n{answer}");
        }
        Assert.True(failed.Count == 0, string.Join("\n\n", failed));
    }
}
