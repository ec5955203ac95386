using ConvLstm.Nowcast.Jobs.Nowcasts;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Nowcasts;

/// <summary>Which method consumers are given, and what is noted of the others.</summary>
public sealed class ForecastSelections
{
    private static readonly DateTimeOffset Noon = new(2024, 7, 10, 12, 0, 0, TimeSpan.Zero);
    private readonly ForecastSelection _selection = new(grids: 1);

    [Fact]
    public void TheModelAnswersWhereItIsSane()
    {
        Done("persistence", "extrapolation", "model");
        _selection.Close("3 forecasts");

        Assert.Equal("brisbane 2024-07-10 12:00 UTC by model", _selection.Message());
        Assert.Null(Assert.Single(_selection.Selected).Reason);
    }

    [Fact]
    public void AModelThatIsTooSlowIsReplacedByExtrapolationAndTheDeadlineIsNamed()
    {
        Done("persistence", "extrapolation");
        _selection.Fail("it took longer than the deadline of 120 s");

        Assert.Equal("brisbane 2024-07-10 12:00 UTC by extrapolation, not by the model: it took longer than the deadline of 120 s",
            _selection.Message());
    }

    [Fact]
    public void AModelThatFailsItsChecksIsReplacedAndTheCheckIsNamed()
    {
        Done("persistence", "extrapolation");
        _selection.Add(new("brisbane", "model", Noon, 7, IsSane: false, "withheld: wet_share 1 (limit 0.9)"));
        _selection.Close("3 forecasts");

        Assert.EndsWith("by extrapolation, not by the model: withheld: wet_share 1 (limit 0.9)", _selection.Message(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void PersistenceIsTheLastResort()
    {
        _selection.Add(new(NowcastWork.AllGrids, "model", Noon, null, false, "no model is promoted"));
        Done("persistence");
        _selection.Add(new("brisbane", "extrapolation", Noon, null, false, "there is no motion"));
        _selection.Close("2 forecasts");

        Assert.EndsWith("by persistence, not by the model: no model is promoted", _selection.Message(), StringComparison.Ordinal);
    }

    [Fact]
    public void AProcessThatDiesBeforeAnythingIsPublishedIsTriedWithoutTheModelAndItsEndIsTheReason()
    {
        _selection.Fail("The nowcast process ended in the middle (killed; its memory is limited to 6144 MB).");
        Assert.False(_selection.Contains("brisbane", "persistence"));
        Assert.Null(_selection.Message());
        Done("persistence", "extrapolation");
        Assert.True(_selection.Contains("brisbane", "persistence"));
        _selection.Close("2 forecasts");

        Assert.EndsWith("by extrapolation, not by the model: The nowcast process ended in the middle (killed; its memory is limited to "
            + "6144 MB).", _selection.Message(), StringComparison.Ordinal);
    }

    [Fact]
    public void TooFewScansAreNoFailure()
    {
        _selection.Add(new("brisbane", "model", Noon, null, false, "warming up: 2 of 4 scans in a row are there"));
        _selection.Add(new("brisbane", "extrapolation", Noon, null, false, "warming up: 1 of 2 scans in a row are there"));
        _selection.Close("2 forecasts");

        Assert.StartsWith("brisbane model: warming up", _selection.Message(), StringComparison.Ordinal);
    }

    [Fact]
    public void WhereNothingCanBePublishedTheRunFails()
    {
        _selection.Add(new("brisbane", "model", Noon, null, false, "libtorch: no"));
        _selection.Add(new("brisbane", "persistence", Noon, 8, false, "withheld: all_missing"));
        _selection.Close("2 forecasts");

        Assert.Null(_selection.Message());
        Assert.Equal("brisbane model: libtorch: no; brisbane persistence: withheld: all_missing", _selection.Problems());
    }

    private void Done(params IEnumerable<string> methods)
    {
        foreach (var method in methods)
            _selection.Add(new("brisbane", method, Noon, 1, IsSane: true, null));
    }
}
