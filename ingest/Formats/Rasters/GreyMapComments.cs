using System.Globalization;
using System.Text;

namespace ConvLstm.Nowcast.Ingest.Formats.Rasters;

/// <summary>
/// The comment lines in the header of a grey map (PGM, <see href="https://netpbm.sourceforge.net/doc/pgm.html"/>) as keys and values, and
/// its largest grey.
/// </summary>
internal sealed record GreyMapComments(IReadOnlyDictionary<string, string> Items, int LargestGrey)
{
    private const int LongestHeader = 1 << 15;

    /// <summary>Null where it has no comments of keys and values.</summary>
    internal static GreyMapComments? Read(string location)
    {
        using var stream = UnlockedFile.Open(location);
        var bytes = new byte[LongestHeader];
        var head = Encoding.Latin1.GetString(bytes, 0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        var (items, numbers) = (new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase), new List<int>());
        foreach (var line in head.Split('\n').Skip(1))
        {
            if (line.StartsWith('#'))
            {
                var words = line[1..].Trim().Split(' ', 2, StringSplitOptions.TrimEntries);
                if (words.Length == 2)
                    items.TryAdd(words[0], words[1]);
                continue;
            }
            // Width, height and the largest grey, on one line or several; then the pixels begin.
            foreach (var word in line.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries))
            {
                if (numbers.Count < 3 && int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                    numbers.Add(number);
            }
            if (numbers.Count == 3)
                return items.Count > 0 ? new GreyMapComments(items, numbers[2]) : null;
        }
        return null;
    }

    /// <exception cref="FormatException">It is not there.</exception>
    internal string Text(string name) => Items.GetValueOrDefault(name) ?? throw new FormatException($"its comments have no {name}");

    /// <summary>One number of a line of several.</summary>
    /// <exception cref="FormatException">It is not there or no number.</exception>
    internal double Number(string name, int place = 0) =>
        Text(name).Split(' ', StringSplitOptions.RemoveEmptyEntries) is var words && words.Length > place
        && double.TryParse(words[place], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new FormatException($"its comment {name} '{Text(name)}' is not of numbers");
}
