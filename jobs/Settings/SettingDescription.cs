using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ConvLstm.Nowcast.Jobs.Settings;

/// <summary>What is to be known of one setting, read from the records of the settings and their documentation.</summary>
/// <param name="Path">Where it stands in <c>appsettings.json</c>: the section, if any, and the name.</param>
/// <param name="Type">What it takes.</param>
/// <param name="Default">As JSON has it.</param>
/// <param name="IsList">Takes several: <c>NOWCAST_RETRAIN__HIDDEN__0</c> is its first.</param>
/// <param name="Property">As the documentation names it.</param>
/// <param name="ValueType">What it is bound to.</param>
internal sealed partial record SettingDescription(IReadOnlyList<string> Path, string Type, string Default, bool IsList, string Property,
    Type ValueType)
{
    private static readonly Lazy<Dictionary<string, string>> Meanings = new(Documentation);

    /// <summary>What it is for.</summary>
    internal string Meaning => Meanings.Value.GetValueOrDefault(Property, "");

    /// <summary>The environment variable that sets it.</summary>
    internal string Variable => NowcastSettings.Prefix + string.Join("__", Path).ToUpperInvariant();

    /// <summary>Every setting, in the order of the source.</summary>
    internal static IReadOnlyList<SettingDescription> All() => [.. Of(new NowcastSettings(), []), .. Of(new JobSettings(), [])];

    private static IEnumerable<SettingDescription> Of(object settings, IReadOnlyList<string> section)
    {
        foreach (var property in settings.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.SetMethod?.IsPublic == true))
        {
            IReadOnlyList<string> path = [.. section, property.Name];
            var value = property.GetValue(settings);
            if (value is not null && value.GetType().Namespace == typeof(SettingDescription).Namespace)
            {
                foreach (var inner in Of(value, path))
                    yield return inner;
            }
            else
            {
                yield return new(path, TypeName(property.PropertyType), Json(value), property.PropertyType.IsArray,
                    $"P:{property.DeclaringType!.FullName}.{property.Name}", property.PropertyType);
            }
        }
    }

    private static string TypeName(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum)
            return string.Join(" | ", Enum.GetNames(type));
        if (type.IsArray)
            return $"list of {TypeName(type.GetElementType()!)}";
        return type == typeof(bool) ? "true | false" : type == typeof(int) ? "whole number" : type == typeof(double) ? "number" : "text";
    }

    private static string Json(object? value) => value switch
    {
        null => "null",
        bool yes => yes ? "true" : "false",
        string or Enum => $"\"{value}\"",
        IEnumerable list => $"[{string.Join(", ", list.Cast<object>().Select(Json))}]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => $"{value}",
    };

    /// <summary>The summaries that the compiler wrote beside the program, without their tags.</summary>
    private static Dictionary<string, string> Documentation()
    {
        var file = XDocument.Load(System.IO.Path.ChangeExtension(typeof(SettingDescription).Assembly.Location, ".xml"));
        return file.Descendants("member").Where(m => m.Element("summary") is not null)
            .ToDictionary(m => m.Attribute("name")!.Value,
                m => Blanks().Replace(string.Concat(m.Element("summary")!.Nodes().Select(Text)), " ").Trim());
    }

    private static string Text(XNode node) =>
        node is XElement element && element.Attribute("cref") is { } named ? named.Value.Split('.')[^1]
        : node is XElement other ? other.Value
            : $"{node}".Replace("&lt;", "<", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
