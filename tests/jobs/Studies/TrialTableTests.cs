using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Studies;
using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Studies;

public sealed class TrialTableTests(TestDatabase test) : IClassFixture<TestDatabase>
{
    [Fact]
    public void ATrialOfTwoProcessesRunsOnceAndBothHaveItsWeights()
    {
        using var folders = new TemporaryFolder();
        var (one, other) = (Open("once", folders.File("one")), Open("once", folders.File("other")));
        using (var claim = one.TryClaim(3))
        {
            Assert.NotNull(claim);
            Assert.Null(other.TryClaim(3));
            using var next = other.TryClaim(4);
            Assert.NotNull(next);
            File.WriteAllBytes(one.WeightsFile(3), [1, 2, 3]);
            one.Write(3, "done");
        }

        Assert.Null(other.TryClaim(3));
        // It ended without a result.
        using (var again = one.TryClaim(4))
            Assert.NotNull(again);
        Assert.Equal([new(3, "done")], other.Finished(10));
        Assert.Empty(other.Finished(2));
        other.CopyWeights(3, folders.File("best"));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(folders.File("best")));
    }

    [Fact]
    public async Task TheClaimOfAProcessThatIsKilledRunsOut()
    {
        using var folders = new TemporaryFolder();
        var other = Open("killed", folders.Path);
        // As a killed process leaves it.
        await test.ScalarAsync<string>(
            "INSERT INTO nowcast.lease SELECT 'search ' || search_id || ' trial 1', gen_random_uuid(), clock_timestamp() + interval '1 "
                + "second' FROM nowcast.search WHERE name = 'killed' RETURNING name");
        Assert.Null(other.TryClaim(1));

        IDisposable? taken = null;
        while ((taken = other.TryClaim(1)) is null)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        taken.Dispose();
    }

    [Fact]
    public void OtherSettingsNeedAnotherName()
    {
        using var folders = new TemporaryFolder();
        Open("mine", folders.Path);
        Open("mine", folders.Path);

        var error = Assert.Throws<ReportedException>(() =>
            new TrialTable<string>(test.Database.DataSource, "mine", "others", folders.Path));

        Assert.Contains("'mine'", error.Message, StringComparison.Ordinal);
        Assert.Throws<ReportedException>(() => Open("mine", folders.Path).CopyWeights(7, folders.File("none")));
    }

    private TrialTable<string> Open(string name, string folder) => new(test.Database.DataSource, name, "same", folder);
}
