using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary><c>--json</c>: the same for a program that reads it; nothing else goes to the standard output then.</summary>
internal static class JsonOutput
{
    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    internal static Option<bool> Flag() => new("--json") { Description = "Print JSON, for other programs." };

    internal static void Write(Terminal terminal, object value) => terminal.Line(JsonSerializer.Serialize(value, Form));
}
