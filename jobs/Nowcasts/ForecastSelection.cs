using ConvLstm.Nowcast.Methods;

namespace ConvLstm.Nowcast.Jobs.Nowcasts;

/// <summary>What consumers of a grid are given, and why it is not the model where it is not.</summary>
internal sealed record SelectedForecast(string Grid, DateTimeOffset IssueTime, string Method, string? Reason);

/// <summary>Puts together what a forecasting process said: the best method that is there for each grid.</summary>
/// <param name="grids">How many grids have a scan to forecast from.</param>
internal sealed class ForecastSelection(int grids)
{
    private readonly List<MethodOutcome> _outcomes = [];
    private string? _said;

    internal IReadOnlyList<MethodOutcome> Outcomes => _outcomes;

    /// <summary>The share of the methods of all grids that were tried, 0 to 1.</summary>
    internal double Fraction => (double)_outcomes.Count(o => o.Grid != NowcastWork.AllGrids) / (NowcastPass.BestFirst.Length * grids);

    /// <summary>Why the process did not come to its end; null where it did.</summary>
    internal string? Failure { get; private set; }

    /// <summary>A method was tried for a grid, whatever came of it.</summary>
    internal bool Contains(string grid, string method) => _outcomes.Exists(o => o.Grid == grid && o.Method == method);

    /// <summary>For each grid with an answer the best method, with the reason where it is not the model.</summary>
    internal IReadOnlyList<SelectedForecast> Selected =>
    [
        .. _outcomes.Where(o => o.IsSane).GroupBy(o => o.Grid).Select(grid =>
        {
            var best = grid.MinBy(o => Array.IndexOf(NowcastPass.BestFirst, o.Method))!;
            return new SelectedForecast(grid.Key, best.IssueTime, best.Method,
                best.Method == ModelForecast.Name ? null : WhyNotModel(grid.Key));
        }),
    ];

    internal void Add(MethodOutcome outcome) => _outcomes.Add(outcome);

    internal void Close(string said) => (_said, Failure) = (said, null);

    internal void Fail(string reason) => (Failure, FirstFailure) = (reason, FirstFailure ?? reason);

    private string? FirstFailure { get; set; }

    /// <summary>One line; null where no grid has an answer that it should have.</summary>
    internal string? Message()
    {
        if (_outcomes.TrueForAll(o => o.Grid == NowcastWork.AllGrids))
            return Failure is null && FirstFailure is null ? _said : null;
        var selected = Selected;
        if (selected.Count > 0)
            return string.Join("; ", selected.Select(Describe));
        return _outcomes.TrueForAll(o => o.Grid == NowcastWork.AllGrids
            || (o.Problem ?? "").StartsWith("warming up", StringComparison.Ordinal)) ? Problems() : null;
    }

    /// <summary>All that went wrong.</summary>
    internal string Problems() => string.Join("; ",
        _outcomes.Where(o => o.Problem is not null && o.Grid != NowcastWork.AllGrids).Select(o => $"{o.Grid} {o.Method}: {o.Problem}"));

    private static string Describe(SelectedForecast selected) =>
        $"{selected.Grid} {selected.IssueTime.UtcDateTime:yyyy-MM-dd HH:mm} UTC by "
            + $"{selected.Method}{(selected.Reason is null ? "" : $", not by the model: {selected.Reason}")}";

    private string WhyNotModel(string grid) =>
        _outcomes.Find(o => o.Method == ModelForecast.Name && (o.Grid == grid || o.Grid == NowcastWork.AllGrids))?.Problem ?? FirstFailure
            ?? "it did not answer";
}
