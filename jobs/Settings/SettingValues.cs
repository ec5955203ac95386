namespace ConvLstm.Nowcast.Jobs.Settings;

/// <summary>
/// The values of the settings as they were given: the binder stops at the first that it cannot read, and a person wants to know all.
/// </summary>
internal static class SettingValues
{
    /// <summary>The values that can be read, and of the others a line each.</summary>
    internal static (IConfiguration Readable, IReadOnlyList<string> Problems) Read(IConfiguration configuration)
    {
        var values = new Dictionary<string, string?>(configuration.AsEnumerable(), StringComparer.OrdinalIgnoreCase);
        var problems = new List<string>();
        foreach (var setting in SettingDescription.All())
        {
            var section = configuration.GetSection(string.Join(':', setting.Path));
            if (!section.Exists())
                continue;
            try
            {
                _ = section.Get(setting.ValueType);
                // Of a list the binder leaves out what it cannot read, and says nothing.
                foreach (var element in setting.IsList ? section.GetChildren() : [])
                    _ = element.Get(setting.ValueType.GetElementType()!);
            }
            catch (InvalidOperationException e)
            {
                problems.Add($"{setting.Variable} cannot be read ({Reason(e)}): correct it in the environment or in appsettings.json.");
                foreach (var name in values.Keys.Where(name => IsWithin(name, section.Path)).ToList())
                    values.Remove(name);
            }
        }
        return (new ConfigurationBuilder().AddInMemoryCollection(values).Build(), problems);
    }

    private static string Reason(Exception e) => (e.InnerException ?? e).Message;

    private static bool IsWithin(string name, string path) =>
        name.Equals(path, StringComparison.OrdinalIgnoreCase) || name.StartsWith(path + ':', StringComparison.OrdinalIgnoreCase);
}
