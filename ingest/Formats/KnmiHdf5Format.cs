using System.Globalization;
using System.Text.RegularExpressions;
using ConvLstm.Nowcast.Ingest.NetCdf;
using ConvLstm.Nowcast.Ingest.Projection;

namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>
/// HDF5 files of the Royal Netherlands Meteorological Institute: KNMI HDF5 data format specification 3.5 (Roozekrans and Holleman, 2003),
/// <see href="https://cdn.knmi.nl/knmi/pdf/bibliotheek/knmipubIR/IR2003-05.pdf"/>. One image a file is read: the first of rain or reflectivity.
/// </summary>
internal sealed partial class KnmiHdf5Format : IRadarFormat
{
    public string Name => "KNMI HDF5";

    public bool Recognises(NetCdfFile file) =>
        file.Root.FindGroup("overview") is not null && file.Root.FindGroup("geographic/map_projection") is not null
        && file.Root.FindGroup("image1/calibration") is not null;

    public RadarContents Describe(NetCdfFile file, RadarReadOptions options)
    {
        var (image, unitText, units) = FindImage(file.Root);
        var variable = image.FindVariable("image_data")
            ?? throw new FormatException($"{image.Path} has no image_data");
        var grid = ReadGrid(Group(file.Root, "geographic"), options);
        if (variable.Dimensions is not [var rows, var columns] || rows.Length != grid.Height || columns.Length != grid.Width)
            throw new FormatException($"{image.Path}/image_data is not the {grid.Height}×{grid.Width} that the geographic group says");
        var overview = Group(file.Root, "overview");
        var end = ReadTime(overview, "product_datetime_end");
        var period = options.AccumulationPeriod ?? end - ReadTime(overview, "product_datetime_start");
        if (units.Quantity == RainQuantity.Accumulation && period <= TimeSpan.Zero)
            throw new FormatException($"the product ends {end:O}, not after its start");
        var decoder = ReadDecoder(Group(image, "calibration"), units, period, options);
        var scan = new ScanSlab(end, variable, [0, 0], [grid.Height, grid.Width], decoder, default);
        return new RadarContents(units.Quantity, unitText, grid, [scan]);
    }

    private static (NetCdfGroup Image, string Text, RainUnits Units) FindImage(NetCdfGroup root)
    {
        foreach (var image in root.Groups.Where(g => ImageName().IsMatch(g.Name)).OrderBy(g => g.Name.Length).ThenBy(g => g.Name, StringComparer.Ordinal))
        {
            // Such as ACCUMULATED_PRECIPITATION_[MM] and REFLECTIVITY_[DBZ].
            var parameter = image.Attributes.Text("image_geo_parameter") ?? "";
            var unit = Bracketed().Match(parameter).Groups[1].Value;
            if (RainUnits.Find(unit) is { } units)
                return (image, unit, units);
        }
        throw new FormatException("no image has an image_geo_parameter with a unit of rain or reflectivity");
    }

    private static RadarGrid ReadGrid(NetCdfGroup geographic, RadarReadOptions options)
    {
        var text = Group(geographic, "map_projection").Attributes.Text("projection_proj4_params")
            ?? throw new FormatException("there is no projection_proj4_params");
        // The ellipsoid stands in kilometres, and with it everything else.
        var proj = ProjString.Parse(text);
        var metres = (geographic.Attributes.Text("geo_dim_pixel") ?? "KM,KM").StartsWith("KM", StringComparison.OrdinalIgnoreCase) ? 1000 : 1;
        var sizeX = Number(geographic, "geo_pixel_size_x");
        var sizeY = Number(geographic, "geo_pixel_size_y");
        var (width, height) = (Grids.Length(Number(geographic, "geo_number_columns")), Grids.Length(Number(geographic, "geo_number_rows")));
        // Offsets count pixels from the origin of the projection to the corner (LU) or centre (C) of the first pixel; a negative size turns the axis.
        var centre = (geographic.Attributes.Text("geo_pixel_def") ?? "LU").StartsWith('C') ? 0.5 : 0;
        var x = (Number(geographic, "geo_column_offset") - centre) * sizeX * metres;
        var y = (Number(geographic, "geo_row_offset") - centre) * sizeY * metres;
        if (sizeX <= 0 || sizeY >= 0)
            throw new FormatException("the image is not stored from the north-west; such files are not known");
        return Grids.Make(options, proj, width, height, sizeX * metres, -sizeY * metres, x, y);
    }

    private static PixelDecoder ReadDecoder(NetCdfGroup calibration, RainUnits units, TimeSpan period, RadarReadOptions options)
    {
        var formula = calibration.Attributes.Text("calibration_formulas") ?? calibration.Attributes.Text("calibration_formulae") ?? "GEO=PV";
        var match = Formula().Match(formula.Replace(" ", "", StringComparison.Ordinal));
        if (!match.Success)
            throw new FormatException($"calibration_formulas '{formula}' is not of the form GEO=a*PV+b");
        var outside = calibration.Attributes.Number("calibration_out_of_image");
        var missing = calibration.Attributes.Number("calibration_missing_data");
        // Reflectivity images give their lowest code, 0, for 'no data': inside the image that is a pixel without echo.
        var noEcho = units.Quantity == RainQuantity.Reflectivity && missing == 0 && outside is not (null or 0);
        return new PixelDecoder
        {
            Units = units,
            Scale = match.Groups[1].Success ? Parse(match.Groups[1].Value) : 1,
            Offset = match.Groups[2].Success ? Parse(match.Groups[2].Value.Replace("+-", "-", StringComparison.Ordinal)) : 0,
            Missing = new[] { outside, noEcho ? null : missing }.OfType<double>().Distinct().ToArray(),
            Undetected = noEcho ? [0] : [],
            PeriodHours = period.TotalHours,
            ZRelation = options.ZRelation ?? ZRelation.MarshallPalmer,
        };
    }

    private static DateTimeOffset ReadTime(NetCdfGroup overview, string name)
    {
        var text = overview.Attributes.Text(name) ?? throw new FormatException($"overview has no {name}");
        return DateTimeOffset.TryParseExact(text, ["dd-MMM-yyyy;HH:mm:ss.fff", "dd-MMM-yyyy;HH:mm:ss"], CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw new FormatException($"{name} '{text}' is not a time such as 26-AUG-2010;00:05:00.000");
    }

    private static NetCdfGroup Group(NetCdfGroup parent, string name) =>
        parent.FindGroup(name) ?? throw new FormatException($"there is no group {parent.Path.TrimEnd('/')}/{name}");

    private static double Number(NetCdfGroup group, string name) =>
        group.Attributes.Number(name) ?? throw new FormatException($"{group.Path} has no {name}");

    private static double Parse(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^GEO=(?:([-+]?[\d.]+(?:[eE][-+]?\d+)?)\*)?PV((?:\+?-|\+)[\d.]+(?:[eE][-+]?\d+)?)?$", RegexOptions.IgnoreCase)]
    private static partial Regex Formula();

    [GeneratedRegex(@"\[([^\]]+)\]")]
    private static partial Regex Bracketed();

    [GeneratedRegex(@"^image\d+$")]
    private static partial Regex ImageName();
}
