using System.Collections;

namespace ConvLstm.Nowcast.Jobs.Settings;

/// <summary>The variables of the environment that are settings, and those that only look like one.</summary>
internal static class SettingNames
{
    /// <summary>
    /// Where libraries and programs of the system are, what tests read, and what start scripts set: not of appsettings.json.
    /// </summary>
    private static readonly string[] Others =
    [
        NowcastSettings.ConfigVariable, "NOWCAST_NETCDF", "NOWCAST_PROJ", "NOWCAST_GDAL", "NOWCAST_PG_BIN", "NOWCAST_RADAR_DATA",
        "NOWCAST_FIELD_DATA", "NOWCAST_BUDGETS", "NOWCAST_REWRITE_DOCS",
    ];

    private static readonly string[] Lists = [.. SettingDescription.All().Where(s => s.IsList).Select(s => s.Variable)];

    private const string OfTests = NowcastSettings.Prefix + "TEST_";

    internal static IReadOnlyCollection<string> All { get; } = [.. SettingDescription.All().Select(s => s.Variable), .. Others];

    /// <summary>Variables that begin with NOWCAST_ and are no setting.</summary>
    internal static IEnumerable<string> Unknown(IDictionary environment) => environment.Keys.Cast<string>()
        .Where(name => name.StartsWith(NowcastSettings.Prefix, StringComparison.OrdinalIgnoreCase)
            && !name.StartsWith(OfTests, StringComparison.OrdinalIgnoreCase) && !IsKnown(name))
        .Order(StringComparer.Ordinal);

    /// <summary>An element of a list has its number behind it: NOWCAST_RETRAIN__HIDDEN__0.</summary>
    private static bool IsKnown(string name) =>
        All.Contains(name, StringComparer.OrdinalIgnoreCase)
            || (name.LastIndexOf("__", StringComparison.Ordinal) is > 0 and var at && int.TryParse(name.AsSpan(at + 2), out _)
            && Lists.Contains(name[..at], StringComparer.OrdinalIgnoreCase));
}
