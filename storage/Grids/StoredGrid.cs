using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage.Rasters;

namespace ConvLstm.Nowcast.Storage.Grids;

/// <summary>A grid as the database knows it.</summary>
/// <param name="Id">Part of the names of its partitions.</param>
/// <param name="Grid">Where its pixels lie.</param>
/// <param name="Srid">Its projection in spatial_ref_sys.</param>
/// <param name="TileSize">Rows and columns of a tile.</param>
/// <param name="ViewName">The end of the names of its views latest_scan_… and latest_forecast_….</param>
public sealed record StoredGrid(int Id, RadarGrid Grid, int Srid, int TileSize, string ViewName)
{
    internal TileLayout Tiles { get; } = new(Grid, Srid, TileSize);
}
