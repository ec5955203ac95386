using System.Globalization;

namespace ConvLstm.Nowcast.Ingest.Projection;

/// <summary>The figure of the earth below a projection.</summary>
/// <param name="SemiMajor">Metres.</param>
/// <param name="SemiMinor">Metres; equal to the other for a sphere.</param>
public readonly record struct Ellipsoid(double SemiMajor, double SemiMinor)
{
    // Named figures and their inverse flattening: https://proj.org/en/stable/usage/ellipsoids.html
    private static readonly (string Name, double SemiMajor, double InverseFlattening)[] Known =
    [
        ("WGS84", 6378137, 298.257223563),
        ("GRS80", 6378137, 298.257222101),
        ("WGS72", 6378135, 298.26),
        ("intl", 6378388, 297),
        ("bessel", 6377397.155, 299.1528128),
        ("krass", 6378245, 298.3),
        ("airy", 6377563.396, 299.3249646),
        ("clrk66", 6378206.4, 294.978698213898),
    ];

    /// <summary>The ellipsoid of GPS, and the default where a file says nothing.</summary>
    public static Ellipsoid Wgs84 { get; } = FromInverseFlattening(6378137, 298.257223563);

    public bool IsSphere => SemiMajor == SemiMinor;

    /// <summary>1/f; 0 for a sphere, as CF writes it.</summary>
    public double InverseFlattening => IsSphere ? 0 : SemiMajor / (SemiMajor - SemiMinor);

    public static Ellipsoid FromInverseFlattening(double semiMajor, double inverseFlattening) =>
        new(semiMajor, inverseFlattening == 0 ? semiMajor : semiMajor * (1 - (1 / inverseFlattening)));

    internal Ellipsoid Scale(double factor) => new(SemiMajor * factor, SemiMinor * factor);

    /// <summary>The name by which PROJ knows the figure, to a tenth of a millimetre; null where it has none.</summary>
    internal string? Name
    {
        get
        {
            foreach (var (name, semiMajor, inverseFlattening) in Known)
            {
                if (Math.Abs(SemiMajor - semiMajor) < 1e-4
                    && Math.Abs(SemiMinor - FromInverseFlattening(semiMajor, inverseFlattening).SemiMinor) < 5e-5)
                    return name;
            }
            return null;
        }
    }

    internal void Put(Dictionary<string, string> parameters)
    {
        if (Name is { } name)
        {
            parameters["ellps"] = name;
        }
        else if (IsSphere)
        {
            parameters["R"] = ProjString.Text(SemiMajor);
        }
        else
        {
            parameters["a"] = ProjString.Text(SemiMajor);
            parameters["b"] = ProjString.Text(SemiMinor);
        }
    }

    internal static Ellipsoid From(Func<string, string?> parameter)
    {
        if (Number(parameter, "R") is { } radius)
            return new Ellipsoid(radius, radius);
        if (Number(parameter, "a") is { } a)
        {
            if (Number(parameter, "b") is { } b)
                return new Ellipsoid(a, b);
            if (Number(parameter, "rf") is { } inverse)
                return FromInverseFlattening(a, inverse);
            return Number(parameter, "f") is { } flattening and not 0 ? FromInverseFlattening(a, 1 / flattening) : new Ellipsoid(a, a);
        }
        var name = parameter("ellps")
            ?? (parameter("datum") switch { null or "" or "WGS84" => "WGS84", "NAD83" => "GRS80", "NAD27" => "clrk66", _ => null });
        if (name == "sphere")
            return new Ellipsoid(6370997, 6370997);
        foreach (var known in Known)
        {
            if (known.Name == name)
                return FromInverseFlattening(known.SemiMajor, known.InverseFlattening);
        }
        return Ask(name is null ? $"+datum={parameter("datum")}" : $"+ellps={name}");
    }

    // The others are PROJ's to know.
    private static Ellipsoid Ask(string figure)
    {
        try
        {
            using var system = new ReferenceSystem($"+proj=longlat {figure} +no_defs +type=crs");
            if (system.Ellipsoid() is { } known)
                return known;
        }
        catch (FormatException)
        {
            // Said below in words that name the parameter.
        }
        throw new FormatException($"{figure} is not a figure of the earth that PROJ knows; give +a and +b in metres.");
    }

    private static double? Number(Func<string, string?> parameter, string name) =>
        parameter(name) is not { } text ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value
        : throw new FormatException($"+{name}={text} is not a number.");
}
