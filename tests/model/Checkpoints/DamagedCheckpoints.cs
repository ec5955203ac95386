using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model.Checkpoints;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model.Checkpoints;

/// <summary>The checkpoint that comes with the program, with one field of its header or its description wrong.</summary>
public sealed class DamagedCheckpoints
{
    private const string Description = "convlstm_nowcast";

    [Fact]
    public void EachFieldOfTheDescriptionIsReadOrRefusedInOneSentence()
    {
        using var folder = new TemporaryFolder();
        var (header, weights) = Shipped();
        var description = JsonNode.Parse(header["__metadata__"]![Description]!.GetValue<string>())!;
        string[] wrong = ["null", "-1", "0", "\"x\"", "1e30", "2147483647", "[null]", "{}"];

        foreach (var path in Paths(description).ToArray())
        {
            foreach (var value in wrong)
            {
                var damaged = header.DeepClone();
                damaged["__metadata__"]![Description] = With(description, path, value).ToJsonString();
                Refused(folder, damaged, weights, $"{string.Join('.', path)} = {value}");
            }
        }
    }

    [Theory]
    [InlineData("dtype", "\"F99\"")]
    [InlineData("dtype", "3")]
    [InlineData("dtype", "null")]
    [InlineData("shape", "[-1, 2]")]
    [InlineData("shape", "[1099511627776, 1099511627776]")]
    [InlineData("shape", "[9223372036854775807, 9223372036854775807, 9223372036854775807]")]
    [InlineData("shape", "\"x\"")]
    [InlineData("shape", "[]")]
    [InlineData("shape", "[1e30]")]
    [InlineData("data_offsets", "[-5, 10]")]
    [InlineData("data_offsets", "[0, 1000000000000000]")]
    [InlineData("data_offsets", "[0, 9223372036854775807]")]
    [InlineData("data_offsets", "[10, 5]")]
    [InlineData("data_offsets", "[]")]
    [InlineData("data_offsets", "null")]
    public void EachFieldOfATensorIsRefusedInOneSentence(string field, string value)
    {
        using var folder = new TemporaryFolder();
        var (header, weights) = Shipped();
        var name = header.AsObject().First(e => e.Key != "__metadata__").Key;
        header[name]![field] = JsonNode.Parse(value);

        Assert.True(Refused(folder, header, weights, $"{field} = {value}"));
    }

    /// <summary>True where it was refused; what does not matter to the weights may be wrong and is read.</summary>
    private static bool Refused(TemporaryFolder folder, JsonNode header, byte[] weights, string what)
    {
        var file = folder.File("damaged.safetensors");
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        System.IO.File.WriteAllBytes(file, [.. length, .. json, .. weights]);
        try
        {
            using var checkpoint = Checkpoint.Load(file, CPU);
            return false;
        }
        catch (ReportedException e)
        {
            Assert.DoesNotContain('\n', e.Message);
            return true;
        }
        catch (Exception e)
        {
            Assert.Fail($"{what}: {e.GetType().Name}: {e.Message}");
            throw;
        }
    }

    private static (JsonNode Header, byte[] Weights) Shipped()
    {
        var bytes = System.IO.File.ReadAllBytes(RepositoryFolder.File("model", "weights", "pooled.safetensors"));
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        return (JsonNode.Parse(bytes.AsSpan(8, length))!, bytes[(8 + length)..]);
    }

    private static IEnumerable<string[]> Paths(JsonNode node)
    {
        if (node is not JsonObject fields)
            yield break;
        foreach (var (name, value) in fields)
        {
            yield return [name];
            foreach (var below in value is null ? [] : Paths(value))
                yield return [name, .. below];
        }
    }

    private static JsonNode With(JsonNode whole, string[] path, string value)
    {
        var copy = whole.DeepClone();
        var at = copy;
        foreach (var name in path[..^1])
            at = at[name]!;
        at[path[^1]] = JsonNode.Parse(value);
        return copy;
    }
}
