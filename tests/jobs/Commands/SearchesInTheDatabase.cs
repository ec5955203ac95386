using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

public sealed class SearchesInTheDatabase(TestDatabase test) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task WorkersInOtherFoldersGoOnWithOneSearch()
    {
        using var folder = new TemporaryFolder();
        var cli = Cli.In(folder, test.ConnectionString);
        await cli.DoAsync("simulate", "--out", "feed", "--size", "48", "--frames", "30");
        string[] search = ["tune", "--data", "feed", "--search", "winter", "--minutes", "0.005", "--crop", "24"];
        await cli.DoAsync([.. search, "--out", "here", "--trials", "2", "--workers", "2"]);
        var first = await test.ScalarAsync<DateTime>("SELECT max(finished_at) FROM nowcast.search_trial");

        var said = await cli.DoAsync([.. search, "--out", "there", "--trials", "3"]);

        Assert.StartsWith("best of 3:", said, StringComparison.Ordinal);
        Assert.Equal(2L, await test.ScalarAsync<long>("SELECT count(*) FROM nowcast.search_trial WHERE finished_at <= $1", first));
        // Wherever the best was trained, its weights are at hand.
        Assert.True(File.Exists(folder.File("there/best.safetensors")));
        Assert.Single(Directory.GetFiles(folder.File("there/trials"), "*.safetensors"));
        Assert.Contains("'winter'", await cli.FailAsync(1, [.. search, "--out", "here", "--loss", "mae"]), StringComparison.Ordinal);
    }
}
