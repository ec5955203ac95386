using ConvLstm.Nowcast.Jobs.Work;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Work;

/// <summary>Which method consumers are given, and what is noted of the others.</summary>
public sealed class NowcastAnswers
{
    private static readonly DateTimeOffset Noon = new(2024, 7, 10, 12, 0, 0, TimeSpan.Zero);
    private readonly NowcastAnswer _answer = new(grids: 1);

    [Fact]
    public void TheModelAnswersWhereItIsSane()
    {
        Done("persistence", "extrapolation", "model");
        _answer.Close("3 forecasts");

        Assert.Equal("brisbane 2024-07-10 12:00 UTC by model", _answer.Message());
        Assert.Null(Assert.Single(_answer.Given).Reason);
    }

    [Fact]
    public void AModelThatIsTooSlowIsReplacedByExtrapolationAndTheDeadlineIsNamed()
    {
        Done("persistence", "extrapolation");
        _answer.Fail("it took longer than the deadline of 120 s");

        Assert.Equal("brisbane 2024-07-10 12:00 UTC by extrapolation, not by the model: it took longer than the deadline of 120 s",
            _answer.Message());
    }

    [Fact]
    public void AModelThatFailsItsChecksIsReplacedAndTheCheckIsNamed()
    {
        Done("persistence", "extrapolation");
        _answer.Add(new("brisbane", "model", Noon, 7, IsSane: false, "withheld: wet_share 1 (limit 0.9)"));
        _answer.Close("3 forecasts");

        Assert.EndsWith("by extrapolation, not by the model: withheld: wet_share 1 (limit 0.9)", _answer.Message(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void PersistenceIsTheLastResort()
    {
        _answer.Add(new(NowcastWork.AllGrids, "model", Noon, null, false, "no model is promoted"));
        Done("persistence");
        _answer.Add(new("brisbane", "extrapolation", Noon, null, false, "there is no motion"));
        _answer.Close("2 forecasts");

        Assert.EndsWith("by persistence, not by the model: no model is promoted", _answer.Message(), StringComparison.Ordinal);
    }

    [Fact]
    public void AProcessThatDiesBeforeAnythingIsPublishedIsTriedWithoutTheModelAndItsEndIsTheReason()
    {
        _answer.Fail("The nowcast process ended in the middle (killed; its memory is limited to 6144 MB).");
        Assert.False(_answer.Has("brisbane", "persistence"));
        Assert.Null(_answer.Message());
        Done("persistence", "extrapolation");
        Assert.True(_answer.Has("brisbane", "persistence"));
        _answer.Close("2 forecasts");

        Assert.EndsWith("by extrapolation, not by the model: The nowcast process ended in the middle (killed; its memory is limited to 6144 MB).", _answer.Message(), StringComparison.Ordinal);
    }

    [Fact]
    public void TooFewScansAreNoFailure()
    {
        _answer.Add(new("brisbane", "model", Noon, null, false, "warming up: 2 of 4 scans in a row are there"));
        _answer.Add(new("brisbane", "extrapolation", Noon, null, false, "warming up: 1 of 2 scans in a row are there"));
        _answer.Close("2 forecasts");

        Assert.StartsWith("brisbane model: warming up", _answer.Message(), StringComparison.Ordinal);
    }

    [Fact]
    public void WhereNothingCanBePublishedTheRunFails()
    {
        _answer.Add(new("brisbane", "model", Noon, null, false, "libtorch: no"));
        _answer.Add(new("brisbane", "persistence", Noon, 8, false, "withheld: all_missing"));
        _answer.Close("2 forecasts");

        Assert.Null(_answer.Message());
        Assert.Equal("brisbane model: libtorch: no; brisbane persistence: withheld: all_missing", _answer.Problems());
    }

    private void Done(params IEnumerable<string> methods)
    {
        foreach (var method in methods)
            _answer.Add(new("brisbane", method, Noon, 1, IsSane: true, null));
    }
}
