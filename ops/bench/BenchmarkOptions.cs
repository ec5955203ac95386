using System.Globalization;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Bench;

/// <summary>What a benchmark was asked for.</summary>
internal sealed record BenchmarkOptions(string Name, string? Json, int Rounds, string Device)
{
    private const int DefaultRounds = 7;

    internal static BenchmarkOptions Parse(string[] arguments, IReadOnlyCollection<string> names)
    {
        if (arguments.Length == 0 || !names.Contains(arguments[0]))
            throw new ReportedException($"Usage: bench.sh NAME [--json FILE] [--rounds N] [--device cpu|cuda], where NAME is one of {string.Join(", ", names)}.");
        var options = new BenchmarkOptions(arguments[0], null, DefaultRounds, "cpu");
        for (var i = 1; i < arguments.Length; i += 2)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : throw new ReportedException($"{arguments[i]} needs a value.");
            options = arguments[i] switch
            {
                "--json" => options with { Json = value },
                "--rounds" when int.TryParse(value, CultureInfo.InvariantCulture, out var rounds) && rounds > 0 => options with { Rounds = rounds },
                "--device" => options with { Device = value },
                _ => throw new ReportedException($"'{arguments[i]} {value}' is no option of a benchmark."),
            };
        }
        return options;
    }
}
