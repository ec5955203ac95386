using System.Text.Json;
using System.Text.Json.Serialization;
using ConvLstm.Nowcast.Files;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>
/// What the program asks its decoders and what they answer, in messages (<see cref="ChildProcesses.MessageStream"/>); maps come in a file.
/// </summary>
internal static class DecoderProtocol
{
    /// <summary>The file in the decoder's folder that a map comes in: through the pipe it would take several times as long.</summary>
    internal const string MapFile = "map";

    // No grid that is read has more.
    private const long MostPixels = 160_000_000;

    /// <summary>Of what is not numbers alone.</summary>
    internal static JsonSerializerOptions Json { get; } = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    internal enum Question : byte
    {
        /// <summary>
        /// The path of a file follows, what errors call it, and what its source leaves open, as JSON. Its contents are the answer.
        /// </summary>
        Open,

        /// <summary>The index of a scan, or of a map of a forecast, follows. When it is answered the map is in its file.</summary>
        Read,

        /// <summary>
        /// As to open, and whether it is to be asked first if the file is a forecast at all. Its contents as JSON are the answer, empty
        /// where it is none.
        /// </summary>
        OpenForecast,
    }

    internal static void Write(BinaryWriter writer, RadarFileContents contents)
    {
        var grid = contents.Grid;
        writer.Write(contents.Format);
        writer.Write((int)contents.Quantity);
        writer.Write(contents.Units);
        writer.Write(grid.Name);
        writer.Write(grid.Width);
        writer.Write(grid.Height);
        writer.Write(grid.Proj);
        foreach (var value in (ReadOnlySpan<double>)[grid.PixelX, grid.PixelY, grid.OriginX, grid.OriginY])
            writer.Write(value);
        var from = contents.From;
        foreach (var rule in (ReadOnlySpan<string>)[from.Grid, from.Time, from.Quantity, from.Period ?? ""])
            writer.Write(rule);
        writer.Write(contents.ValidTimes.Count);
        foreach (var time in contents.ValidTimes)
            writer.Write(time.UtcTicks);
        foreach (var lead in contents.Leads)
            writer.Write(lead.Ticks);
        writer.Write(contents.Notes.Count);
        foreach (var note in contents.Notes)
            writer.Write(note);
    }

    /// <exception cref="IOException">It is not what <see cref="Write(BinaryWriter, RadarFileContents)"/> writes.</exception>
    /// <exception cref="ArgumentException">As above.</exception>
    internal static RadarFileContents ReadContents(BinaryReader reader)
    {
        var (format, quantity, units) = (reader.ReadString(), (RainQuantity)reader.ReadInt32(), reader.ReadString());
        var grid = new RadarGrid(
            reader.ReadString(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadString(),
            reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        if ((long)grid.Width * grid.Height > MostPixels)
            throw new InvalidDataException("The grid is larger than any that is read.");
        var from = new ReadingRules(
            reader.ReadString(), reader.ReadString(), reader.ReadString(), reader.ReadString() is { Length: > 0 } period ? period : null);
        var times = new DateTimeOffset[Count(reader)];
        for (var i = 0; i < times.Length; i++)
            times[i] = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero);
        var leads = new TimeSpan[times.Length];
        for (var i = 0; i < leads.Length; i++)
            leads[i] = new TimeSpan(reader.ReadInt64());
        var notes = new string[Count(reader)];
        for (var i = 0; i < notes.Length; i++)
            notes[i] = reader.ReadString();
        return new()
        {
            Format = format, Quantity = quantity, Units = units, Grid = grid, From = from, Notes = notes, ValidTimes = times, Leads = leads,
        };
    }

    /// <exception cref="JsonException">It is no forecast.</exception>
    /// <exception cref="IOException">It is larger than any that is read.</exception>
    internal static ForecastContents? ReadForecast(BinaryReader reader)
    {
        if (reader.ReadString() is not { Length: > 0 } json)
            return null;
        var contents = JsonSerializer.Deserialize<ForecastContents>(json, Json) ?? throw new JsonException();
        return (long)contents.Grid.Width * contents.Grid.Height <= MostPixels ? contents
            : throw new InvalidDataException("The grid is larger than any that is read.");
    }

    // Each takes a byte at least: a decoder that a file has taken over cannot ask for more memory than it sends.
    private static int Count(BinaryReader reader) => reader.ReadInt32() is var count and >= 0
        && count <= reader.BaseStream.Length - reader.BaseStream.Position
            ? count : throw new InvalidDataException("There are more parts than bytes.");
}
