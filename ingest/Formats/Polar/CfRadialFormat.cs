using ConvLstm.Nowcast.Ingest.Formats.Cf;
using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Formats.Polar;

/// <summary>
/// CfRadial, versions 1.x (rays of all sweeps in one array) and 2.x (a group a sweep): the lowest sweep that turns around,
/// <see href="https://github.com/NCAR/CfRadial/blob/master/docs/CfRadialDoc-v1.4-20160801.pdf"/>.
/// </summary>
internal sealed class CfRadialFormat : IRadarFormat
{
    // Sections 4.5 and 5.3; what ARM, NCAR and national services call the field.
    private static readonly string[] Reflectivity =
        ["DBZH", "DBZ", "DBZHC", "DBZ_F", "DBZHCC_F", "ZH", "Zh", "DZ", "CZ", "REF", "TH", "reflectivity", "reflectivity_horizontal",
            "corrected_reflectivity", "attenuation_corrected_reflectivity_h"];

    public string Name => "CfRadial, one radar";

    public bool Recognises(NetCdfFile file) => Sweeps(file.Root).Any();

    public RadarContents Describe(NetCdfFile file, RadarReadOptions options)
    {
        var sweep = Sweeps(file.Root).Select(g => CfRadialSweep.Read(file.Root, g)).MinBy(s => s.Elevation)!;
        var field = Field(sweep.Group, options);
        if (field.Variable.Dimensions is not [_, var range])
            throw new FormatException($"{field.Variable.Name} is not an array of rays and gates: its rays have different numbers of gates");
        var gates = (int)Math.Min(range.Length, 1_000_000);
        var polar = sweep.Polar(gates);
        var decoder = CfPacking.Read(field, TimeSpan.FromHours(1), options);
        var slab = new ScanSlab(sweep.Time, field.Variable, [sweep.FirstRay, 0], [sweep.Azimuths.Length, gates], decoder, default);
        return new RadarContents(field.Units.Quantity, field.UnitText, polar.Grid(options),
            [new PolarScan(polar, slab, options.HeightLimitMetres ?? double.PositiveInfinity)], new(
            "site, elevation and gates of the sweep", "the first ray of the sweep", field.ChosenBy, null))
        {
            Notes = [polar.Note()],
        };
    }

    // A group of rays has an azimuth for each of them, and a range.
    private static IEnumerable<NetCdfGroup> Sweeps(NetCdfGroup root) => root.Groups.Prepend(root).Where(g =>
        g.FindVariable("azimuth") is { Dimensions.Count: 1 } && g.FindVariable("elevation") is { Dimensions.Count: 1 }
            && (g.FindVariable("range") ?? root.FindVariable("range")) is { Dimensions.Count: 1 });

    private static CfRainVariable Field(NetCdfGroup group, RadarReadOptions options)
    {
        var fields = group.Variables.Where(v => v.Dimensions.Count is 1 or 2
            && v.Name is not ("azimuth" or "elevation" or "range" or "time"))
            .Select(v => new CfRainVariable(v, [group], RainUnits.Find(v.Attributes.Text("units"))!, v.Attributes.Text("units") ?? ""))
            .Where(f => f.Units is not null && f.Units.Quantity != RainQuantity.Accumulation).ToArray();
        var chosen = options.Variable is { } wanted ? fields.FirstOrDefault(f => f.Variable.Name == wanted)
            : fields.FirstOrDefault(f => f.Units.Quantity == RainQuantity.Rate
                && f.Variable.Attributes.Text("standard_name") is "rainfall_rate" or "precipitation_rate")
            ?? fields.Where(f => f.Units.Quantity == RainQuantity.Reflectivity).OrderBy(Rank).FirstOrDefault();
        return chosen ?? throw new FormatException(
            $"none of its fields is reflectivity or a rain rate{(options.Variable is { } name ? $" called {name}" : "")}");
    }

    // The standard names come first; of differential or cross-polar reflectivity neither is there.
    private static int Rank(CfRainVariable field)
    {
        var listed = Array.IndexOf(Reflectivity, field.Variable.Name);
        var isStandard = field.Variable.Attributes.Text("standard_name")
            is "equivalent_reflectivity_factor" or "equivalent_reflectivity_factor_h" or "radar_equivalent_reflectivity_factor_h";
        return (isStandard ? 0 : 100) + (listed < 0 ? 50 : listed);
    }
}
