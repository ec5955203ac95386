using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Projection;
using ConvLstm.Nowcast.Storage.Queries;

namespace ConvLstm.Nowcast.Jobs.Web.Cache;

/// <summary>A grid as the service holds it in memory: never changed, replaced as a whole when a run or a scan comes.</summary>
/// <param name="Locator">Finds pixels; lives as long as the service.</param>
/// <param name="State">What the database said of it.</param>
/// <param name="Run">The maps of the run that answers; null where there is none.</param>
internal sealed record CachedGrid(GridLocator Locator, GridState State, PackedRun? Run)
{
    internal RadarGrid Grid => Locator.Grid;

    internal string Name => Locator.Grid.Name;

    /// <summary>The area of a pixel, to prefer the finer of two grids; degrees count as the SQL function place counts them.</summary>
    internal double PixelArea => Grid.PixelX * Grid.PixelY * (Grid.IsGeographic ? 1.2e10 : 1);
}
