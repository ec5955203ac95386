using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConvLstm.Nowcast.Evaluation;

/// <summary>How scores and the figures of studies are written: camel case, readable, null where a number has no meaning.</summary>
public static class ScoreJson
{
    public static JsonSerializerOptions Format { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, Converters = { new NanAsNull() },
    };

    private sealed class NanAsNull : JsonConverter<double>
    {
        public override bool HandleNull => true;

        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
                writer.WriteNumberValue(value);
            else
                writer.WriteNullValue();
        }
    }
}
