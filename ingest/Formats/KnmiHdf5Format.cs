using System.Globalization;
using System.Text.RegularExpressions;
using ConvLstm.Nowcast.Ingest.NetCdf;
using ConvLstm.Nowcast.Ingest.Projection;

namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>
/// HDF5 files of the Royal Netherlands Meteorological Institute: KNMI HDF5 data format specification 3.5 (Roozekrans and Holleman, 2003),
/// <see href="https://cdn.knmi.nl/knmi/pdf/bibliotheek/knmipubIR/IR2003-05.pdf"/>. The images of the first parameter that is rain or
/// reflectivity are read: one, or as many as say each when it holds.
/// </summary>
internal sealed partial class KnmiHdf5Format : IRadarFormat
{
    public string Name => "KNMI HDF5";

    public bool Recognises(NetCdfFile file) =>
        file.Root.FindGroup("overview") is not null && file.Root.FindGroup("geographic/map_projection") is not null
        && file.Root.FindGroup("image1/calibration") is not null;

    public RadarContents Describe(NetCdfFile file, RadarReadOptions options)
    {
        var (images, unitText, units) = FindImages(file.Root);
        var grid = ReadGrid(Group(file.Root, "geographic"), options);
        var overview = Group(file.Root, "overview");
        var (end, start) = (ReadTime(overview, "product_datetime_end"),
            ReadTime(overview, "product_datetime_start") ?? ReadTime(overview, "product_datetime_end"));
        var times = images.Select(i => ReadTime(i, "image_datetime_valid")).ToArray();
        // Several images of one parameter are a sequence where each says when it holds; otherwise the first is the product.
        var isSequence = images.Length > 1 && times.All(t => t is not null) && times.Distinct().Count() == times.Length;
        var scans = new List<ScanSlab>();
        for (var i = 0; i < (isSequence ? images.Length : 1); i++)
        {
            var valid = (isSequence ? times[i] : end) ?? throw new FormatException("overview has no product_datetime_end");
            var begun = isSequence && times.Where(t => t < valid).DefaultIfEmpty(null).Max() is { } before ? before : start!.Value;
            var period = options.AccumulationPeriod ?? valid - begun;
            if (units.Quantity == RainQuantity.Accumulation && period <= TimeSpan.Zero)
                throw new FormatException($"the product ends {valid:O}, not after its start");
            scans.Add(ReadImage(images[i], grid, valid, units, period, options));
        }
        return new RadarContents(units.Quantity, unitText, grid, scans, new(
            "the geographic group", isSequence ? "image_datetime_valid" : "product_datetime_end",
            $"image_geo_parameter of {images[0].Path}",
            units.Quantity != RainQuantity.Accumulation ? null : options.AccumulationPeriod is not null ? "the source's setting"
                : isSequence ? "from image to image" : "product_datetime_start and _end"));
    }

    private static ScanSlab ReadImage(NetCdfGroup image, RadarGrid grid, DateTimeOffset valid, RainUnits units, TimeSpan period,
        RadarReadOptions options)
    {
        var variable = image.FindVariable("image_data") ?? throw new FormatException($"{image.Path} has no image_data");
        if (variable.Dimensions is not [var rows, var columns] || rows.Length != grid.Height || columns.Length != grid.Width)
            throw new FormatException($"{image.Path}/image_data is not the {grid.Height}×{grid.Width} that the geographic group says");
        return new ScanSlab(valid, variable, [0, 0], [grid.Height, grid.Width],
            ReadDecoder(Group(image, "calibration"), units, period, options), default);
    }

    /// <summary>The images of the first parameter that is rain or reflectivity.</summary>
    private static (NetCdfGroup[] Images, string Text, RainUnits Units) FindImages(NetCdfGroup root)
    {
        var all = root.Groups.Where(g => ImageName().IsMatch(g.Name)).OrderBy(g => g.Name.Length)
            .ThenBy(g => g.Name, StringComparer.Ordinal).ToArray();
        foreach (var image in all)
        {
            // Such as ACCUMULATED_PRECIPITATION_[MM] and REFLECTIVITY_[DBZ].
            var parameter = image.Attributes.Text("image_geo_parameter") ?? "";
            var unit = Bracketed().Match(parameter).Groups[1].Value;
            if (RainUnits.Find(unit) is { } units)
                return ([.. all.Where(g => g.Attributes.Text("image_geo_parameter") == parameter)], unit, units);
        }
        throw new FormatException("no image has an image_geo_parameter with a unit of rain or reflectivity");
    }

    private static RadarGrid ReadGrid(NetCdfGroup geographic, RadarReadOptions options)
    {
        var text = Group(geographic, "map_projection").Attributes.Text("projection_proj4_params")
            ?? throw new FormatException("there is no projection_proj4_params");
        // The ellipsoid stands in kilometres, and with it everything else.
        var proj = ProjString.Parse(text);
        var metres = (geographic.Attributes.Text("geo_dim_pixel") ?? "KM,KM").StartsWith("KM", StringComparison.OrdinalIgnoreCase) ? 1000
            : 1;
        var sizeX = Number(geographic, "geo_pixel_size_x");
        var sizeY = Number(geographic, "geo_pixel_size_y");
        var (width, height) = (Grids.Length(Number(geographic, "geo_number_columns")), Grids.Length(Number(geographic, "geo_number_rows")));
        // Offsets count pixels from the origin of the projection to the corner (LU) or centre (C) of the first pixel; a negative size
        // turns the axis.
        var centre = (geographic.Attributes.Text("geo_pixel_def") ?? "LU").StartsWith('C') ? 0.5 : 0;
        var x = (Number(geographic, "geo_column_offset") - centre) * sizeX * metres;
        var y = (Number(geographic, "geo_row_offset") - centre) * sizeY * metres;
        if (sizeX <= 0 || sizeY >= 0)
            throw new FormatException("the image is not stored from the north-west; such files are not known");
        return Grids.Make(options, proj, width, height, sizeX * metres, -sizeY * metres, x, y);
    }

    private static PixelDecoder ReadDecoder(NetCdfGroup calibration, RainUnits units, TimeSpan period, RadarReadOptions options)
    {
        var formulas = calibration.Attributes.TypeOf("calibration_formulas") is null ? "calibration_formulae" : "calibration_formulas";
        var outside = calibration.Attributes.Number("calibration_out_of_image");
        var missing = calibration.Attributes.Number("calibration_missing_data");
        // Reflectivity images give their lowest code, 0, for 'no data': inside the image that is a pixel without echo.
        var noEcho = units.Quantity == RainQuantity.Reflectivity && missing == 0 && outside is not (null or 0);
        return Calibrated(calibration, formulas, units, period, options) with
        {
            Missing = new[] { outside, noEcho ? null : missing }.OfType<double>().Distinct().ToArray(),
            Undetected = noEcho ? [0] : [],
        };
    }

    /// <summary>The decoder of a formula such as <c>GEO=0.5*PV-31.5</c>, without its codes.</summary>
    internal static PixelDecoder Calibrated(NetCdfGroup calibration, string attribute, RainUnits units, TimeSpan period,
        RadarReadOptions options)
    {
        var formula = calibration.Attributes.Text(attribute) ?? "GEO=PV";
        var match = Formula().Match(formula.Replace(" ", "", StringComparison.Ordinal));
        if (!match.Success)
            throw new FormatException($"{attribute} '{formula}' is not of the form GEO=a*PV+b");
        return new PixelDecoder
        {
            Units = units,
            Scale = match.Groups[1].Success ? Parse(match.Groups[1].Value) : 1,
            Offset = match.Groups[2].Success ? Parse(match.Groups[2].Value.Replace("+-", "-", StringComparison.Ordinal)) : 0,
            PeriodHours = period.TotalHours,
            ZRelation = options.ZRelation ?? ZRelation.MarshallPalmer,
        };
    }

    internal static DateTimeOffset? ReadTime(NetCdfGroup group, string name) => group.Attributes.Text(name) is not { } text ? null
        : CivilTime.Read(text) ?? throw new FormatException($"{name} '{text}' is not a time such as 26-AUG-2010;00:05:00.000");

    private static NetCdfGroup Group(NetCdfGroup parent, string name) =>
        parent.FindGroup(name) ?? throw new FormatException($"there is no group {parent.Path.TrimEnd('/')}/{name}");

    internal static double Number(NetCdfGroup group, string name) =>
        group.Attributes.Number(name) ?? throw new FormatException($"{group.Path} has no {name}");

    private static double Parse(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^GEO=(?:([-+]?[\d.]+(?:[eE][-+]?\d+)?)\*)?PV((?:\+?-|\+)[\d.]+(?:[eE][-+]?\d+)?)?$", RegexOptions.IgnoreCase)]
    private static partial Regex Formula();

    [GeneratedRegex(@"\[([^\]]+)\]")]
    private static partial Regex Bracketed();

    [GeneratedRegex(@"^image\d+$")]
    private static partial Regex ImageName();
}
