using System.Collections.Concurrent;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Studies.Search;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Studies;

/// <summary>Searches of several processes in one folder.</summary>
public sealed class SharedSearches
{
    private sealed record Score(double Loss);

    [Fact]
    public void TheBestQuarterGoesOnFromItsOwnWeightsUntilOneIsLeft()
    {
        using var folder = new TemporaryFolder();
        var climbs = new List<Climb<Score>>();
        var search = new SuccessiveHalving<Score>(folder.Path, "same", Rungs.For(16), s => s.Loss);
        Score Run(Climb<Score> climb)
        {
            climbs.Add(climb);
            Assert.Equal(climb.Rung == 1, climb.Before is null);
            Assert.Equal(climb.Before is null ? null : search.WeightsOf(climb.Number, climb.Rung - 1), climb.WeightsBefore);
            // Of sixteen the fifteenth is the best at first and the twelfth in the long run; the last one fails.
            return new(climb.Number == 16 ? double.NaN : climb.Rung == 1 ? 20 - climb.Number : climb.Number);
        }

        var all = search.Run(16, Run, (_, _) => { }, TestContext.Current.CancellationToken);

        Assert.Equal([.. Enumerable.Range(1, 16), 15, 14, 13, 12, 12], climbs.Select(c => c.Number));
        Assert.Equal([.. Enumerable.Repeat(1, 16), 2, 2, 2, 2, 3], climbs.Select(c => c.Rung));
        Assert.Equal(Enumerable.Range(1, 16), all.Keys);
        climbs.Clear();
        search.Run(16, Run, (_, _) => { }, TestContext.Current.CancellationToken);
        Assert.Empty(climbs);
    }

    [Fact]
    public async Task TwoProcessesClimbTogetherAndWaitForEachOther()
    {
        using var folder = new TemporaryFolder();
        var ran = new ConcurrentBag<(int, int)>();
        using var bothAtWork = new CountdownEvent(2);
        Task<IReadOnlyDictionary<int, Score>> SearchAsync() =>
            Task.Run(() => new SuccessiveHalving<Score>(folder.Path, "same", 2, s => s.Loss).Run(
            4,
            climb =>
            {
                ran.Add((climb.Number, climb.Rung));
                if (!bothAtWork.IsSet)
                    bothAtWork.Signal();
                bothAtWork.Wait(TestContext.Current.CancellationToken);
                return new(climb.Number);
            },
            (_, _) => { }, TestContext.Current.CancellationToken));

        var both = await Task.WhenAll(SearchAsync(), SearchAsync());

        Assert.Equal([(1, 1), (1, 2), (2, 1), (3, 1), (4, 1)], ran.Order());
        Assert.All(both, all => Assert.Equal(4, all.Count));
    }

    [Fact]
    public void OnlyOneProcessRunsATrial()
    {
        using var folder = new TemporaryFolder();
        var (one, other) = (new TrialFolder<string>(folder.Path, "same"), new TrialFolder<string>(folder.Path, "same"));
        using (var claim = one.TryClaim(1))
        {
            Assert.NotNull(claim);
            Assert.Null(other.TryClaim(1));
            one.Write(1, "done");
        }
        Assert.Null(other.TryClaim(1));
        Assert.Equal("done", other.Finished(3)[1]);
        File.WriteAllText(one.FileOf(2, ".json"), "{");
        Assert.Contains("delete it", Assert.Throws<ReportedException>(() => one.Finished(3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhoWaitsForATrialRunsItWhenTheOtherGivesUp()
    {
        using var folder = new TemporaryFolder();
        var (one, other) = (new TrialFolder<string>(folder.Path, "same"), new TrialFolder<string>(folder.Path, "same"));
        IReadOnlyDictionary<int, string> Complete(bool stopped) =>
            other.Complete([1], _ => "run by the other", (_, _) => { }, new(stopped));

        // There is nothing to do but wait, which only a stop ends.
        using (one.TryClaim(1))
            Assert.Throws<OperationCanceledException>(() => Complete(stopped: true));

        Assert.Equal("run by the other", Complete(stopped: false)[1]);
    }
}
