using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Projection;

/// <summary>
/// Grid mappings of the CF conventions
/// (<see href="https://cfconventions.org/Data/cf-conventions/cf-conventions-1.8/cf-conventions.html#appendix-grid-mappings"/>, appendix
/// F) to PROJ strings and back.
/// </summary>
public static class CfGridMapping
{
    private static readonly string[] ProjAttributes = ["proj4", "proj4_params", "proj4_string", "proj4text", "proj_string", "proj"];
    private static readonly string[] WktAttributes = ["crs_wkt", "spatial_ref"];

    /// <summary>The PROJ string in metres that a grid mapping variable describes.</summary>
    /// <exception cref="FormatException">The mapping is not known, or a parameter it needs is absent.</exception>
    public static ProjString Read(NetCdfAttributes attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        var name = attributes.Text("grid_mapping_name");
        FormatException? incomplete = null;
        try
        {
            if (FromName(name, attributes) is { } known)
                return known;
        }
        catch (FormatException e)
        {
            // The text beside the attributes may say what they leave open.
            incomplete = e;
        }
        return FromText(attributes) ?? throw incomplete
            ?? new FormatException(name is null ? "it has no grid_mapping_name"
                : $"grid mapping '{name}' is not known and no crs_wkt or proj text beside it says what it is");
    }

    /// <summary>Puts the attributes of a projection on a grid mapping variable, and the PROJ string beside them.</summary>
    /// <remarks>Every projection that PROJ knows can be written: as WKT where CF has no grid mapping for it.</remarks>
    /// <exception cref="FormatException">PROJ does not know the projection.</exception>
    public static void Write(NetCdfAttributes attributes, string proj)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        foreach (var (name, value) in FromProj(proj))
        {
            if (value is string text)
                attributes.Put(name, text);
            else
                attributes.Put<double>(name, (double[])value);
        }
        attributes.Put("proj4", proj);
        using var system = new ReferenceSystem($"{proj} +type=crs");
        if (system.Wkt(NativeProj.Wkt2) is { } wkt)
            attributes.Put("crs_wkt", wkt);
        if ((system.Wkt(NativeProj.Wkt1) ?? system.Wkt(NativeProj.Wkt2)) is { } reference)
            attributes.Put("spatial_ref", reference);
    }

    /// <summary>
    /// The CF attributes of a PROJ string: each value is a string or a <c>double[]</c>; none where CF has no grid mapping for it.
    /// </summary>
    /// <exception cref="FormatException">It is no PROJ string.</exception>
    public static IReadOnlyList<KeyValuePair<string, object>> FromProj(string proj)
    {
        var p = ProjString.Parse(proj);
        var attributes = new List<KeyValuePair<string, object>>();
        void Text(string name, string value) => attributes.Add(new(name, value));
        void Put(string name, params double[] values) => attributes.Add(new(name, values));
        void Scale(string name) => Put(name, p.Has("k_0") ? p.Number("k_0") : 1);
        switch (p.Kind)
        {
            case "longlat":
                Text("grid_mapping_name", "latitude_longitude");
                break;
            case "stere" when Math.Abs(p.Number("lat_0")) == 90:
                Text("grid_mapping_name", "polar_stereographic");
                Put("straight_vertical_longitude_from_pole", p.Number("lon_0"));
                Put("latitude_of_projection_origin", p.Number("lat_0"));
                if (p.Has("lat_ts"))
                    Put("standard_parallel", p.Number("lat_ts"));
                else
                    Scale("scale_factor_at_projection_origin");
                break;
            case "stere":
                Text("grid_mapping_name", "stereographic");
                Put("longitude_of_projection_origin", p.Number("lon_0"));
                Put("latitude_of_projection_origin", p.Number("lat_0"));
                Scale("scale_factor_at_projection_origin");
                break;
            case "aea":
                Text("grid_mapping_name", "albers_conical_equal_area");
                Put("standard_parallel", Parallels(p));
                Put("longitude_of_central_meridian", p.Number("lon_0"));
                Put("latitude_of_projection_origin", p.Number("lat_0"));
                break;
            case "lcc":
                Text("grid_mapping_name", "lambert_conformal_conic");
                Put("standard_parallel", Parallels(p));
                Put("longitude_of_central_meridian", p.Number("lon_0"));
                Put("latitude_of_projection_origin", p.Has("lat_0") ? p.Number("lat_0") : p.Number("lat_1"));
                break;
            case "laea" or "aeqd":
                Text("grid_mapping_name", p.Kind == "laea" ? "lambert_azimuthal_equal_area" : "azimuthal_equidistant");
                Put("longitude_of_projection_origin", p.Number("lon_0"));
                Put("latitude_of_projection_origin", p.Number("lat_0"));
                break;
            case "merc":
                Text("grid_mapping_name", "mercator");
                Put("longitude_of_projection_origin", p.Number("lon_0"));
                if (p.Has("k_0"))
                    Scale("scale_factor_at_projection_origin");
                else
                    Put("standard_parallel", p.Number("lat_ts"));
                break;
            case "tmerc":
                Text("grid_mapping_name", "transverse_mercator");
                Scale("scale_factor_at_central_meridian");
                Put("longitude_of_central_meridian", p.Number("lon_0"));
                Put("latitude_of_projection_origin", p.Number("lat_0"));
                break;
            default:
                return [];
        }
        if (!p.IsGeographic)
        {
            Put("false_easting", p.Number("x_0"));
            Put("false_northing", p.Number("y_0"));
        }
        Put("semi_major_axis", p.Ellipsoid.SemiMajor);
        Put("inverse_flattening", p.Ellipsoid.InverseFlattening);
        return attributes;
    }

    private static double[] Parallels(ProjString p) => p.Has("lat_2") ? [p.Number("lat_1"), p.Number("lat_2")] : [p.Number("lat_1")];

    private static ProjString? FromName(string? name, NetCdfAttributes attributes)
    {
        double? Optional(string attribute) => attributes.Number(attribute);
        double Needed(params ReadOnlySpan<string> names)
        {
            foreach (var attribute in names)
            {
                if (attributes.Number(attribute) is { } value)
                    return value;
            }
            throw new FormatException($"grid mapping '{name}' has no {names[0]}");
        }
        var ellipsoid = ReadEllipsoid(attributes);
        var scale = ellipsoid.SemiMajor < 100_000 ? 1000 : 1;
        ellipsoid = ellipsoid.Scale(scale);
        (string, double?) x0 = ("x_0", (Optional("false_easting") ?? 0) * scale);
        (string, double?) y0 = ("y_0", (Optional("false_northing") ?? 0) * scale);
        var parallels = attributes.Numbers("standard_parallel") ?? [];
        double? first = parallels.Length > 0 ? parallels[0] : null;
        double? second = parallels.Length > 1 ? parallels[1] : null;
        (string, double?) Latitude() => ("lat_0", Needed("latitude_of_projection_origin"));
        switch (name)
        {
            case "latitude_longitude":
                return ProjString.Of("longlat", ellipsoid);
            case "polar_stereographic":
                // The parallel of true scale lies on the side of the pole.
                return ProjString.Of("stere", ellipsoid, ("lat_0", Optional("latitude_of_projection_origin")
                    ?? (first is { } side and not 0 ? Math.CopySign(90, side) : Needed("latitude_of_projection_origin"))),
                    ("lon_0", Needed("straight_vertical_longitude_from_pole", "longitude_of_projection_origin")),
                    ("lat_ts", first), ("k_0", first is null ? Needed("scale_factor_at_projection_origin", "standard_parallel") : null), x0,
                        y0);
            case "stereographic":
                return ProjString.Of("stere", ellipsoid, Latitude(), ("lon_0", Needed("longitude_of_projection_origin")),
                    ("k_0", Optional("scale_factor_at_projection_origin")), x0, y0);
            case "albers_conical_equal_area" or "lambert_conformal_conic":
                return ProjString.Of(name[0] == 'a' ? "aea" : "lcc", ellipsoid, Latitude(),
                    ("lon_0", Needed("longitude_of_central_meridian")), ("lat_1", first ?? Needed("standard_parallel")),
                        ("lat_2", second ?? first), x0, y0);
            case "lambert_azimuthal_equal_area" or "azimuthal_equidistant":
                return ProjString.Of(name[0] == 'l' ? "laea" : "aeqd", ellipsoid, Latitude(),
                    ("lon_0", Needed("longitude_of_projection_origin")), x0, y0);
            case "mercator":
                return ProjString.Of("merc", ellipsoid, ("lon_0", Needed("longitude_of_projection_origin")),
                    ("lat_ts", first), ("k_0", first is null ? Optional("scale_factor_at_projection_origin") : null), x0, y0);
            case "transverse_mercator":
                return ProjString.Of("tmerc", ellipsoid, Latitude(), ("lon_0", Needed("longitude_of_central_meridian")),
                    ("k_0", Optional("scale_factor_at_central_meridian")), x0, y0);
            default:
                return null;
        }
    }

    private static Ellipsoid ReadEllipsoid(NetCdfAttributes attributes)
    {
        if (attributes.Number("semi_major_axis") is { } a)
        {
            if (attributes.Number("semi_minor_axis") is { } b)
                return new Ellipsoid(a, b);
            return attributes.Number("inverse_flattening") is { } inverse ? Ellipsoid.FromInverseFlattening(a, inverse)
                : new Ellipsoid(a, a);
        }
        return attributes.Number("earth_radius") is { } radius ? new Ellipsoid(radius, radius) : Ellipsoid.Wgs84;
    }

    private static ProjString? FromText(NetCdfAttributes attributes)
    {
        foreach (var name in ProjAttributes)
        {
            if (attributes.Text(name) is { } text && text.Contains("proj=", StringComparison.Ordinal))
                return ProjString.Parse(text);
        }
        foreach (var name in WktAttributes)
        {
            if (attributes.Text(name) is { Length: > 0 } wkt)
                return ProjString.Parse(wkt);
        }
        return null;
    }
}
