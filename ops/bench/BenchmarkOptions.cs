using System.Globalization;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Bench;

/// <summary>What a benchmark was asked for.</summary>
internal sealed record BenchmarkOptions(string Name, string? Json, int Rounds, string Device)
{
    private const int DefaultRounds = 7, DefaultDays = 30;

    /// <summary>storage: how many days of hourly runs are in place.</summary>
    internal int Days { get; init; } = DefaultDays;

    /// <summary>storage: keeps the database in this folder, and uses it again; null for a temporary one.</summary>
    internal string? Folder { get; init; }

    internal static BenchmarkOptions Parse(string[] arguments, IReadOnlyCollection<string> names)
    {
        if (arguments.Length == 0 || !names.Contains(arguments[0]))
            throw new ReportedException(
                "Usage: bench.sh NAME [--json FILE] [--rounds N] [--device cpu|cuda] [--days N] [--folder DIR], where NAME is one of "
                    + $"{string.Join(", ", names)}.");
        var options = new BenchmarkOptions(arguments[0], null, DefaultRounds, "cpu");
        for (var i = 1; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : throw new ReportedException($"{arguments[i]} needs a value.");
            options = arguments[i] switch
            {
                "--json" => options with { Json = value },
                "--rounds" when int.TryParse(value, CultureInfo.InvariantCulture, out var rounds) && rounds > 0 => options with
                {
                    Rounds = rounds,
                },
                "--days" when int.TryParse(value, CultureInfo.InvariantCulture, out var days) && days > 0 => options with { Days = days },
                "--folder" => options with { Folder = Path.GetFullPath(value) },
                "--device" => options with { Device = value },
                _ => throw new ReportedException($"'{arguments[i]} {value}' is no option of a benchmark."),
            };
        }
        return options;
    }
}
