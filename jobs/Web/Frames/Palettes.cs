using System.Globalization;
using System.Text.Json;

namespace ConvLstm.Nowcast.Jobs.Web.Frames;

/// <summary>The colours of the frames, from palettes.json, which the page reads too: each colour holds from its value upwards.</summary>
internal static class Palettes
{
    /// <summary>RGBA of what no radar sees: a veil that works on light and dark ground.</summary>
    internal const uint UnseenColour = 0x8080806E;

    /// <summary>RGBA of where the air comes from beyond the radar's sight: a veil of another hue.</summary>
    internal const uint OutsideColour = 0x966EBE46;

    private const uint Opaque = 0xFF;

    private static readonly Dictionary<string, Dictionary<string, (float From, uint Colour)[]>> Steps = Load();

    private static readonly Dictionary<(FrameKind, string), uint[]> Tables =
        (from kind in Enum.GetValues<FrameKind>() from name in Names(kind) select (kind, name))
            .ToDictionary(key => key, key => Table(key.kind, key.name));

    internal static IEnumerable<string> Names(FrameKind kind) => Steps[KeyOf(kind)].Keys;

    /// <summary>The colour of every code; null where there is no palette of that name.</summary>
    internal static uint[]? Find(FrameKind kind, string name) => Tables.GetValueOrDefault((kind, name));

    /// <summary>The colours with the values from which they hold, rising: a legend.</summary>
    internal static IReadOnlyList<(float From, uint Colour)> StepsOf(FrameKind kind, string name) => Steps[KeyOf(kind)][name];

    private static uint[] Table(FrameKind kind, string name)
    {
        var steps = Steps[KeyOf(kind)][name];
        var table = new uint[256];
        table[RainCode.Unknown] = UnseenColour;
        table[RainCode.FromOutside] = OutsideColour;
        for (var code = 1; code < RainCode.FromOutside; code++)
        {
            // Half a step up, so that 5 mm/h is drawn as 5 mm/h although its code stands for 4.95.
            var value = kind == FrameKind.Percent ? code - 1 : RainCode.Rate((byte)code) * MathF.Sqrt(RainCode.Factor);
            foreach (var (from, colour) in steps)
                table[code] = value >= from ? colour : table[code];
        }
        return table;
    }

    private static string KeyOf(FrameKind kind) => kind switch { FrameKind.Rate => "rate", FrameKind.Percent => "percent", _ => "depth" };

    private static Dictionary<string, Dictionary<string, (float From, uint Colour)[]>> Load()
    {
        using var file = typeof(Palettes).Assembly.GetManifestResourceStream("palettes.json")
            ?? throw new InvalidOperationException("palettes.json is not in the program.");
        using var json = JsonDocument.Parse(file);
        return json.RootElement.EnumerateObject().ToDictionary(kind => kind.Name, kind => kind.Value.EnumerateObject().ToDictionary(
            palette => palette.Name,
            palette => palette.Value.EnumerateArray().Select(step => (step[0].GetSingle(), Parse(step[1].GetString()!))).ToArray()));
    }

    private static uint Parse(string colour) =>
        (uint.Parse(colour.AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture) << 8) | Opaque;
}
