using ConvLstm.Nowcast.Ingest.Gdal;

namespace ConvLstm.Nowcast.Ingest.Formats.Rasters;

/// <summary>A band of a raster as a scan.</summary>
internal sealed record RasterScan(DateTimeOffset ValidTime, TimeSpan Lead, GdalBand Band, PixelDecoder Decoder, bool SouthFirst)
    : IStoredScan
{
    public void Read(RadarGrid grid, Span<float> rainRate)
    {
        var table = Band.IsByte ? Decoder.Table(8, signed: false) : null;
        var bytes = new byte[table is null ? 0 : grid.Width];
        for (var row = 0; row < grid.Height; row++)
        {
            var target = rainRate.Slice((SouthFirst ? grid.Height - 1 - row : row) * grid.Width, grid.Width);
            if (table is not null)
            {
                Band.ReadRow(row, bytes);
                for (var x = 0; x < target.Length; x++)
                    target[x] = table[bytes[x]];
                continue;
            }
            Band.ReadRow(row, target);
            // Neighbours are mostly alike: no rain, or not observed.
            var (last, rate) = (float.NaN, float.NaN);
            for (var x = 0; x < target.Length; x++)
            {
                if (target[x] != last)
                    (last, rate) = (target[x], Decoder.RainRate(target[x]));
                target[x] = rate;
            }
        }
    }
}
