using ConvLstm.Nowcast.Tests.Storage;
using Npgsql;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

/// <summary>What forecasts where nobody has chosen a model, and how a forecast is traced to its weights.</summary>
public sealed class ModelOfTheProgram(TestCluster cluster, Archive archive, TrainedModel trained) : IClassFixture<Archive>,
    IClassFixture<TrainedModel>, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task ItForecastsUntilAnotherIsPromotedAndNotOnceItWasRolledBack()
    {
        var database = await cluster.CreateDatabaseAsync(_cancellation);
        var cli = Cli.In(_folder, database).With("NOWCAST_LEADMINUTES", "15");
        await cli.DoAsync(["ingest", .. Enumerable.Range(0, 5).Select(archive.FileOf)]);

        Assert.Contains("UTC model, ", await cli.DoAsync("run"), StringComparison.Ordinal);
        Assert.Equal(1, await TracedAsync(database));
        Assert.StartsWith("* pooled-", await cli.DoAsync("models", "list"), StringComparison.Ordinal);

        Assert.StartsWith("no model forecasts", await cli.DoAsync("models", "rollback"), StringComparison.Ordinal);
        await cli.DoAsync("ingest", archive.FileOf(5));
        Assert.DoesNotContain("UTC model, ", await cli.DoAsync("run"), StringComparison.Ordinal);
        Assert.StartsWith("  pooled-", await cli.DoAsync("models", "list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AForecastByAFileIsTracedToItsModelToo()
    {
        var database = await cluster.CreateDatabaseAsync(_cancellation);
        var cli = Cli.In(_folder, database).With("NOWCAST_LEADMINUTES", "15").With("NOWCAST_MODEL", trained.File);
        await cli.DoAsync(["ingest", .. Enumerable.Range(0, 5).Select(archive.FileOf)]);

        Assert.Contains("UTC model, ", await cli.DoAsync("run"), StringComparison.Ordinal);
        Assert.Contains("UTC model, ", await cli.DoAsync("run"), StringComparison.Ordinal);

        Assert.Equal(1, await TracedAsync(database));
        Assert.StartsWith("  ", await cli.DoAsync("models", "list"), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Runs of a model whose weights the database has.</summary>
    private async Task<long> TracedAsync(string database)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var count = source.CreateCommand(
            "SELECT count(*) FROM nowcast.run AS r JOIN nowcast.model AS m ON (m.version, m.checksum) = (r.model_version, "
                + "r.model_checksum) WHERE r.method = 'model'");
        return (long)(await count.ExecuteScalarAsync(_cancellation))!;
    }
}
