using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary>Flags that know which values make sense; any other is wrong usage, and the line that says so names the flag.</summary>
internal static class Flags
{
    private const NumberStyles Style = NumberStyles.Float;

    /// <summary>A number with a usual value.</summary>
    internal static Option<T> Number<T>(string name, string description, T usual, T least, T most)
        where T : struct, INumber<T> => new(name)
        {
            Description = description,
            DefaultValueFactory = _ => usual,
            CustomParser = result => Parse(result, name, result.Tokens[0].Value, least, most),
        };

    /// <summary>A number that may be left out.</summary>
    internal static Option<T?> Optional<T>(string name, string description, T least, T most)
        where T : struct, INumber<T> => new(name)
        {
            Description = description,
            CustomParser = result => Parse(result, name, result.Tokens[0].Value, least, most),
        };

    /// <summary>One number or more.</summary>
    internal static Option<int[]> Numbers(string name, string description, IReadOnlyList<int> usual, int least, int most) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => [.. usual],
        AllowMultipleArgumentsPerToken = true,
        CustomParser = result => [.. result.Tokens.Select(token => Parse(result, name, token.Value, least, most))],
    };

    /// <summary>One of some names, in upper or lower case.</summary>
    internal static Option<string> Choice(string name, string description, string usual, IReadOnlyCollection<string> names) => new(name)
    {
        Description = $"{description}: {string.Join(", ", names)}.",
        DefaultValueFactory = _ => usual,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (names.FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) is string found)
                return found;
            result.AddError($"{name} {text}: name one of {string.Join(", ", names)}.");
            return usual;
        },
    };

    /// <summary>Where tensors are worked with.</summary>
    internal static Option<string> Device() => new("--device")
    {
        Description = "cpu, cuda or auto.",
        DefaultValueFactory = _ => "auto",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value.ToLowerInvariant();
            if (text is "cpu" or "cuda" or "auto"
                || (text.Split(':') is ["cuda", var number] && int.TryParse(number, CultureInfo.InvariantCulture, out _)))
                return text;
            result.AddError($"--device {text}: name cpu, cuda, cuda:N or "
                + $"auto.{(text.StartsWith("gpu", StringComparison.Ordinal) ? " A GPU is called cuda." : "")}");
            return text;
        },
    };

    /// <summary>A time; UTC where it names no zone.</summary>
    internal static Option<DateTimeOffset?> Time(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
            var text = result.Tokens[0].Value;
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out var time))
                return time;
            result.AddError($"{name} {text} is no time: write it like 2020-10-31T05:00:00Z.");
            return null;
        },
    };

    private static T Parse<T>(SymbolResult result, string name, string text, T least, T most)
        where T : struct, INumber<T>
    {
        if (T.TryParse(text, Style, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            return value;
        result.AddError(FormattableString.Invariant(
            $"{name} {text}: give a {(T.IsInteger(T.One / (T.One + T.One)) ? "whole " : "")}number from {least} to {most}."));
        return least;
    }
}
