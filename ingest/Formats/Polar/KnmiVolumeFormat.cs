using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Formats.Polar;

/// <summary>
/// Volumes of one radar in the HDF5 of the Royal Netherlands Meteorological Institute (<see cref="KnmiHdf5Format"/>): the lowest sweep's
/// reflectivity.
/// </summary>
internal sealed class KnmiVolumeFormat : IRadarFormat
{
    private const string Field = "scan_Z_data";

    public string Name => "KNMI HDF5, one radar";

    public bool Recognises(NetCdfFile file) => file.Root.FindGroup("overview") is not null && file.Root.FindGroup("radar1") is not null
        && Scans(file.Root).Any();

    public RadarContents Describe(NetCdfFile file, RadarReadOptions options)
    {
        var scan = Scans(file.Root).MinBy(s => KnmiHdf5Format.Number(s, "scan_elevation"))!;
        var variable = scan.FindVariable(Field)!;
        if (variable.Dimensions is not [var rays, var gates])
            throw new FormatException($"{scan.Path}/{Field} is not an array of rays and gates");
        var sweep = ReadSweep(file.Root.FindGroup("radar1")!, scan, (int)Math.Min(rays.Length, 100_000),
            (int)Math.Min(gates.Length, 1_000_000));
        var (name, group) = KnmiHdf5Format.ReadTime(scan, "scan_datetime") is not null ? ("scan_datetime", scan)
            : ("product_datetime_start", file.Root.FindGroup("overview")!);
        var time = KnmiHdf5Format.ReadTime(group, name) ?? throw new FormatException($"{group.Path} has no {name}");
        var calibration = scan.FindGroup("calibration") ?? throw new FormatException($"there is no group {scan.Path}/calibration");
        var units = RainUnits.Find("dBZ")!;
        var decoder = KnmiHdf5Format.Calibrated(calibration, "calibration_Z_formulas", units, TimeSpan.FromHours(1), options) with
        {
            // The code of 'no data' stands for 'no echo' too, and within a sweep nearly always does.
            Missing = [],
            Undetected = [calibration.Attributes.Number("calibration_missing_data") ?? 0],
        };
        var slab = new ScanSlab(time, variable, [0, 0], [rays.Length, gates.Length], decoder, default);
        return new RadarContents(units.Quantity, "dBZ", sweep.Grid(options),
            [new PolarScan(sweep, slab, options.HeightLimitMetres ?? double.PositiveInfinity)], new(
            "site, elevation and gates of the sweep", name, $"{scan.Path}/{Field}", null))
        {
            Notes = [sweep.Note()],
        };
    }

    private static IEnumerable<NetCdfGroup> Scans(NetCdfGroup root) =>
        root.Groups.Where(g => g.Name.StartsWith("scan", StringComparison.Ordinal) && g.FindVariable(Field) is not null);

    // Ray by ray from north; scan_start_azim is where the antenna began, not the first ray of the array.
    private static PolarSweep ReadSweep(NetCdfGroup radar, NetCdfGroup scan, int rays, int gates)
    {
        if (radar.Attributes.Numbers("radar_location") is not [var longitude, var latitude, ..])
            throw new FormatException("radar1 has no radar_location");
        var (width, spacing) = (KnmiHdf5Format.Number(scan, "scan_azim_bin"), KnmiHdf5Format.Number(scan, "scan_range_bin") * 1000);
        return new PolarSweep(
            longitude, latitude,
                new BeamGeometry(KnmiHdf5Format.Number(scan, "scan_elevation"), radar.Attributes.Number("radar_height") ?? 0),
            [.. Enumerable.Range(0, rays).Select(i => (i + 0.5) * width)], spacing / 2, spacing, gates, PolarSweep.UsualBeamWidth);
    }
}
