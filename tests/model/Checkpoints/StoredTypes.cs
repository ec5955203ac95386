using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Model.Checkpoints;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model.Checkpoints;

public sealed class StoredTypes
{
    public static TheoryData<string, byte[]> Each => new()
    {
        { "F32", Bytes(1.5f, -2f) },
        { "F64", Bytes(1.5, -2.0) },
        { "F16", Bytes((Half)1.5f, (Half)(-2f)) },
        { "BF16", Bytes((ushort)0x3FC0, (ushort)0xC000) },
    };

    [Theory]
    [MemberData(nameof(Each))]
    public void WeightsOfEachRealTypeAreRead(string type, byte[] bytes) => Assert.Equal([1.5f, -2f], Read(type, bytes));

    [Fact]
    public void CountersAreReadAndUnknownTypesAreNot()
    {
        Assert.Equal([3f, 1f], Read("I64", Bytes(3L, 1L)));
        Assert.Contains("F8_E4M3", Assert.Throws<ReportedException>(() => Read("F8_E4M3", [0, 0])).Message, StringComparison.Ordinal);
    }

    private static byte[] Bytes<T>(params T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    private static float[] Read(string type, byte[] bytes)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var header = JsonSerializer.Serialize(
            new Dictionary<string, object> { ["w"] = new { dtype = type, shape = new[] { 2 }, data_offsets = new[] { 0, bytes.Length } } });
        File.WriteAllBytes(folder.File("w.safetensors"),
            [.. BitConverter.GetBytes((long)header.Length), .. Encoding.UTF8.GetBytes(header), .. bytes]);
        return SafeTensors.Read(folder.File("w.safetensors")).Tensors["w"].ToFloats();
    }
}
