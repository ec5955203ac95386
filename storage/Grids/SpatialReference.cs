using System.Globalization;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Storage.Grids;

/// <summary>The projection of a grid as spatial_ref_sys wants it.</summary>
/// <param name="IsWgs84">Longitude and latitude that need no change to be WGS 84: EPSG:4326.</param>
/// <param name="Wkt">
/// WKT 1 whose EXTENSION node holds the PROJ string. PROJ and GDAL read the projection from that node, whatever it is,
/// so no table of projections and their parameters is needed here.
/// https://docs.ogc.org/is/12-063r5/12-063r5.html (WKT); the node: https://gdal.org/en/stable/drivers/raster/vrt.html, OGR's proj4
/// extension.
/// </param>
internal sealed record SpatialReference(bool IsWgs84, string Wkt)
{
    /// <summary>Words that move longitude and latitude away from WGS 84; a bare ellipsoid does not (PROJ then changes nothing).</summary>
    private static readonly string[] Shifts = ["+towgs84=", "+nadgrids=", "+pm=", "+datum="];

    public static SpatialReference Of(RadarGrid grid)
    {
        var proj = grid.Proj.Trim();
        if (proj.Contains('"', StringComparison.Ordinal))
            throw new ReportedException($"The projection of grid {grid.Name} is no PROJ string: {proj}");
        if (grid.IsGeographic)
        {
            var shifted = Shifts.Any(word => proj.Contains(word, StringComparison.Ordinal))
                && !proj.Contains("+datum=WGS84", StringComparison.Ordinal);
            return new SpatialReference(!shifted, string.Create(
                CultureInfo.InvariantCulture,
                $"GEOGCS[\"{grid.Name}\",{Datum},PRIMEM[\"Greenwich\",0],{Degree},"
                + $"AXIS[\"Longitude\",EAST],AXIS[\"Latitude\",NORTH],EXTENSION[\"PROJ4\",\"{proj}\"]]"));
        }
        return new SpatialReference(false, string.Create(
            CultureInfo.InvariantCulture,
            $"PROJCS[\"{grid.Name}\",GEOGCS[\"unknown\",{Datum},PRIMEM[\"Greenwich\",0],{Degree}],"
            + $"PROJECTION[\"custom_proj4\"],UNIT[\"metre\",1],"
            + $"AXIS[\"Easting\",EAST],AXIS[\"Northing\",NORTH],EXTENSION[\"PROJ4\",\"{proj}\"]]"));
    }

    /// <summary>A place-holder: the ellipsoid that counts is the PROJ string's.</summary>
    private const string Datum = "DATUM[\"unknown\",SPHEROID[\"WGS 84\",6378137,298.257223563]]";
    private const string Degree = "UNIT[\"degree\",0.0174532925199433]";
}
