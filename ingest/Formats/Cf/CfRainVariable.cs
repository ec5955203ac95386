using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Formats.Cf;

/// <summary>The variable of a file that holds rain, and the groups in which what it names is looked up, nearest first.</summary>
internal sealed record CfRainVariable(NetCdfVariable Variable, IReadOnlyList<NetCdfGroup> Scope, RainUnits Units, string UnitText)
{
    // https://cfconventions.org/Data/cf-standard-names/current/build/cf-standard-name-table.html
    private static readonly string[] StandardNames =
    [
        "rainfall_rate", "precipitation_rate", "lwe_precipitation_rate", "rainfall_flux", "precipitation_flux", "convective_rainfall_rate",
        "rainfall_amount", "precipitation_amount", "thickness_of_rainfall_amount", "lwe_thickness_of_precipitation_amount",
        "equivalent_reflectivity_factor",
    ];

    private static readonly string[] Words = ["rain", "prec", "prcp", "accum", "qpe", "rate", "dbz", "reflectivity"];

    /// <summary>Looks a variable up from the group of the rain variable towards the root.</summary>
    internal NetCdfVariable? Sibling(string name) => Scope.Select(g => g.FindVariable(name)).FirstOrDefault(v => v is not null);

    /// <summary>True where only the unit speaks for it.</summary>
    internal bool IsGuess { get; init; }

    /// <summary>Name and reason, for reports.</summary>
    internal string ChosenBy => $"{Variable.Name}, " + (IsGuess ? "the only one with a unit of rain"
        : Variable.Attributes.Text("standard_name") is { } name ? $"standard name {name}" : "its name and unit");

    /// <summary>The best candidate of the whole file; null where no gridded variable has a unit of rain.</summary>
    internal static CfRainVariable? Find(NetCdfGroup root, RadarReadOptions options)
    {
        CfRainVariable? best = null;
        var bestScore = int.MinValue;
        foreach (var candidate in Candidates([root]))
        {
            if (options.Variable is { } wanted && candidate.Variable.Name != wanted)
                continue;
            var score = Score(candidate);
            if (score > bestScore && (score > 0 || options.Variable is not null))
                (best, bestScore) = (candidate, score);
        }
        return best ?? OnlyOne(root);
    }

    /// <summary>
    /// Names and units of the gridded variables that were not taken, for the message that none was; empty where there are none.
    /// </summary>
    internal static string UnknownUnits(NetCdfGroup root)
    {
        var others = Gridded([root]).Where(v => !v.Variable.Dimensions.Select(d => d.Name).Contains(v.Variable.Name)).Take(4)
            .Select(v => $"{v.Variable.Name} is in '{v.Variable.Attributes.Text("units") ?? "no unit"}'").ToArray();
        return others.Length == 0 ? "" : $" ({string.Join(", ", others)})";
    }

    // Rain that is the only one needs no standard name that is known here; metres alone may be anything.
    private static CfRainVariable? OnlyOne(NetCdfGroup root)
    {
        var rainy = Candidates([root])
            .Where(c => c.Units.Factor is not (1000 or 3_600_000) || c.Units.Quantity == RainQuantity.Reflectivity).Take(2).ToArray();
        return rainy.Length == 1 ? rainy[0] with { IsGuess = true } : null;
    }

    private static IEnumerable<(NetCdfVariable Variable, IReadOnlyList<NetCdfGroup> Scope)> Gridded(IReadOnlyList<NetCdfGroup> scope)
    {
        foreach (var variable in scope[0].Variables.Where(v => v.Dimensions.Count >= 2 && v.Type.IsNumeric()))
            yield return (variable, scope);
        foreach (var found in scope[0].Groups.SelectMany(group => Gridded([group, .. scope])))
            yield return found;
    }

    private static IEnumerable<CfRainVariable> Candidates(IReadOnlyList<NetCdfGroup> scope)
    {
        foreach (var (variable, groups) in Gridded(scope))
        {
            if (variable.Attributes.Text("units") is { } text && RainUnits.Find(text) is { } units)
                yield return new CfRainVariable(variable, groups, units, text);
        }
    }

    // A unit alone proves nothing (wind is in m s-1 too): the standard name decides, else a telling name.
    private static int Score(CfRainVariable candidate)
    {
        var standard = candidate.Variable.Attributes.Text("standard_name");
        var index = Array.IndexOf(StandardNames, standard?.Split(' ')[0]);
        // Fields of members or thresholds carry further dimensions and give way to the plain one.
        var plain = candidate.Variable.Dimensions.Count <= 3 ? 50 : 0;
        if (index >= 0)
            return 200 + plain - index;
        var names = candidate.Variable.Name + " " + candidate.Variable.Attributes.Text("long_name");
        if (standard is not null || !Words.Any(w => names.Contains(w, StringComparison.OrdinalIgnoreCase)))
            return candidate.Units.Quantity == RainQuantity.Reflectivity && standard is null ? 10 + plain : 0;
        return 100 + plain - (int)candidate.Units.Quantity;
    }
}
