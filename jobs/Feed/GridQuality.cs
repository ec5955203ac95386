using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Quality;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>The quality control of each grid, which after a start learns from the scans that the database has.</summary>
internal sealed class GridQuality(NowcastDatabase database, TimeProvider time)
{
    // Enough for the transitions that the control needs before it speaks of jumps.
    private const int ScansLearnt = 14;

    // A feed has a grid or two; files that are damaged may claim hundreds, each of which would keep a scan in memory.
    private const int MostGrids = 8;

    private readonly Dictionary<string, QualityControl> _controls = [];
    private readonly Queue<string> _oldest = new();

    internal async Task<QualityReport> CheckAsync(RadarFrame frame, CancellationToken cancellation)
    {
        if (!_controls.TryGetValue(frame.Grid.Name, out var control))
        {
            control = await LearnAsync(frame.Grid.Name, cancellation);
            _controls.Add(frame.Grid.Name, control);
            _oldest.Enqueue(frame.Grid.Name);
            if (_oldest.Count > MostGrids)
                _controls.Remove(_oldest.Dequeue());
        }
        return control.Check(frame);
    }

    private async Task<QualityControl> LearnAsync(string grid, CancellationToken cancellation)
    {
        var control = new QualityControl(time);
        if (await database.Grids.FindAsync(grid, cancellation) is null)
            return control;
        foreach (var past in await database.Scans.LatestAsync(grid, ScansLearnt, usableOnly: true, cancellation))
            control.Check(past);
        return control;
    }
}
