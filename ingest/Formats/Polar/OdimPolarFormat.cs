using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Formats.Polar;

/// <summary>
/// Scans and volumes of one radar in the OPERA Data Information Model (objects SCAN and PVOL, <see cref="OdimH5Format"/>): the lowest
/// sweep that has rain or reflectivity.
/// </summary>
internal sealed class OdimPolarFormat : IRadarFormat
{
    private static readonly (string Name, string Units)[] Quantities = [("RATE", "mm/h"), ("DBZH", "dBZ"), ("TH", "dBZ"), ("DBZV", "dBZ"),
        ("TV", "dBZ")];

    public string Name => "ODIM_H5, one radar";

    public bool Recognises(NetCdfFile file) =>
        OdimH5Format.IsOdim(file) && file.Root.FindGroup("what")?.Attributes.Text("object") is "SCAN" or "PVOL" or "AZIM";

    public RadarContents Describe(NetCdfFile file, RadarReadOptions options)
    {
        var (chain, quantity, unitText) = Lowest(file.Root, options);
        var variable = chain[^1].FindVariable("data") ?? throw new FormatException($"{chain[^1].Path} has no data");
        if (variable.Dimensions is not [var rays, var gates])
            throw new FormatException($"{chain[^1].Path}/data is not an array of rays and gates");
        var sweep = ReadSweep(chain, (int)Math.Min(rays.Length, 100_000), (int)Math.Min(gates.Length, 1_000_000));
        var (time, _) = OdimH5Format.ReadTime(chain, quantity, options);
        var units = RainUnits.Find(unitText)!;
        var decoder = OdimH5Format.Decoder(chain, variable, units, TimeSpan.FromHours(1), options);
        var slab = new ScanSlab(time, variable, [0, 0], [rays.Length, gates.Length], decoder, default);
        var scan = new PolarScan(sweep, slab, options.HeightLimitMetres ?? double.PositiveInfinity);
        return new RadarContents(units.Quantity, unitText, sweep.Grid(options), [scan], new(
            "site, elevation and gates of the sweep", "the nominal date and time", $"quantity {quantity} of {chain[^1].Path}", null))
        {
            Notes = [sweep.Note()],
        };
    }

    private static (NetCdfGroup[] Chain, string Quantity, string Units) Lowest(NetCdfGroup root, RadarReadOptions options)
    {
        var sweeps = OdimH5Format.Data(root).Select(chain => (Chain: chain, Quantity: OdimH5Format.Text(chain, "what", "quantity") ?? ""))
            .ToArray();
        foreach (var (name, units) in Quantities)
        {
            var ofQuantity = sweeps.Where(s => s.Quantity == name && (options.Variable is null || options.Variable == name)).ToArray();
            if (ofQuantity.Length > 0)
                return (ofQuantity.MinBy(s => OdimH5Format.Number(s.Chain, "where", "elangle") ?? double.PositiveInfinity).Chain, name,
                    units);
        }
        throw new FormatException(
            $"it holds {string.Join(", ", sweeps.Select(s => s.Quantity).Distinct().Take(20))} and none of "
                + $"{string.Join(", ", Quantities.Select(q => q.Name))}");
    }

    private static PolarSweep ReadSweep(NetCdfGroup[] chain, int rays, int gates)
    {
        double Needed(string name) => OdimH5Format.Number(chain, "where", name) ?? throw new FormatException($"where has no {name}");
        var (spacing, start) = (Needed("rscale"), OdimH5Format.Number(chain, "where", "rstart") ?? 0);
        // Specification 2.4, table 6: kilometres to the start of the first gate.
        return new PolarSweep(
            Needed("lon"), Needed("lat"), new BeamGeometry(Needed("elangle"), OdimH5Format.Number(chain, "where", "height") ?? 0),
                Azimuths(chain, rays),
            (start * 1000) + (spacing / 2), spacing, gates, OdimH5Format.Number(chain, "how", "beamwidth")
                ?? OdimH5Format.Number(chain, "how", "beamwH") ?? PolarSweep.UsualBeamWidth);
    }

    // Where each ray began and ended; else rays of equal width from north on, clockwise (section 4.2 of the specification).
    private static double[] Azimuths(NetCdfGroup[] chain, int rays)
    {
        var (starts, stops) = (OdimH5Format.Numbers(chain, "how", "startazA"), OdimH5Format.Numbers(chain, "how", "stopazA"));
        if (starts?.Length != rays || stops?.Length != rays)
            return [.. Enumerable.Range(0, rays).Select(i => (i + 0.5) * 360 / rays)];
        return [.. starts.Zip(stops, (start, stop) => start + (Turned(stop - start) / 2))];
    }

    // The shorter way from start to stop, whichever way the antenna turned.
    private static double Turned(double degrees) => degrees - (360 * Math.Round(degrees / 360));
}
