using ConvLstm.Nowcast.Ingest.NetCdf;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest;

[Slow("Writes large files.")]
public sealed class NetCdfFiles : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryNumericTypeComesBackAsWritten()
    {
        RoundTrip<sbyte>(NetCdfType.Int8, [sbyte.MinValue, 0, sbyte.MaxValue]);
        RoundTrip<byte>(NetCdfType.UInt8, [0, 128, byte.MaxValue]);
        RoundTrip<short>(NetCdfType.Int16, [short.MinValue, -1, short.MaxValue]);
        RoundTrip<ushort>(NetCdfType.UInt16, [0, 40000, ushort.MaxValue]);
        RoundTrip(NetCdfType.Int32, [int.MinValue, 7, int.MaxValue]);
        RoundTrip<uint>(NetCdfType.UInt32, [0, 7, uint.MaxValue]);
        RoundTrip<long>(NetCdfType.Int64, [long.MinValue, 7, long.MaxValue]);
        RoundTrip<ulong>(NetCdfType.UInt64, [0, 7, ulong.MaxValue]);
        RoundTrip(NetCdfType.Float32, [float.MinValue, float.NaN, 0.1f]);
        RoundTrip(NetCdfType.Float64, [double.MinValue, double.NaN, 0.1]);
    }

    [Fact]
    public void AHyperslabIsTheNamedPartOfTheArray()
    {
        var path = _folder.File("slab.nc");
        using (var file = NetCdfFile.Create(path))
        {
            var variable = file.Root.DefineVariable("v", NetCdfType.Int32, file.Root.DefineDimension("y", 4),
                file.Root.DefineDimension("x", 5));
            variable.Write<int>([0, 0], [4, 5], Enumerable.Range(0, 20).ToArray());
            file.Close();
        }
        using var read = NetCdfFile.Open(path);
        var part = new int[6];
        read.Root.FindVariable("v")!.Read([1, 2], [2, 3], part.AsSpan());
        Assert.Equal([7, 8, 9, 12, 13, 14], part);
    }

    [Fact]
    public void ADimensionThatGrowsTakesOneFrameAfterTheOther()
    {
        var path = _folder.File("growing.nc");
        using (var file = NetCdfFile.Create(path))
        {
            var variable = file.Root.DefineVariable("v", NetCdfType.Float32, file.Root.DefineDimension("time", 0),
                file.Root.DefineDimension("x", 2)).Deflate(4, 1, 2);
            for (var i = 0; i < 3; i++)
                variable.Write<float>([i, 0], [1, 2], [i, i + 0.5f]);
            file.Close();
        }
        using var read = NetCdfFile.Open(path);
        Assert.Equal([0, 0.5f, 1, 1.5f, 2, 2.5f], read.Root.FindVariable("v")!.Read<float>());
    }

    [Fact]
    public void GroupsAndAttributesOfAllKindsAreFound()
    {
        var path = _folder.File("groups.nc");
        using (var file = NetCdfFile.Create(path))
        {
            var inner = file.Root.DefineGroup("image1").DefineGroup("calibration");
            inner.Attributes.Put("formula", "GEO=0.01*PV+0.0 µ");
            inner.Attributes.Put("parallels", 46.0, 49.0);
            inner.Attributes.Put<ushort>("code", 65535);
            file.Close();
        }
        using var read = NetCdfFile.Open(path);
        var attributes = read.Root.FindGroup("image1/calibration")!.Attributes;
        Assert.Equal(["formula", "parallels", "code"], attributes.Names);
        Assert.Equal("GEO=0.01*PV+0.0 µ", attributes.Text("formula"));
        Assert.Equal([46.0, 49.0], attributes.Numbers("parallels")!);
        Assert.Equal((65535.0, NetCdfType.UInt16), (attributes.Number("code"), attributes.TypeOf("code")));
        Assert.Null(attributes.Text("absent"));
        Assert.Null(attributes.Numbers("formula"));
        Assert.Null(read.Root.FindGroup("image2/calibration"));
    }

    [Fact]
    public void CompressionMakesADryFrameSmall()
    {
        var path = _folder.File("dry.nc");
        using (var file = NetCdfFile.Create(path))
        {
            var variable = file.Root.DefineVariable("v", NetCdfType.Float32, file.Root.DefineDimension("y", 500),
                file.Root.DefineDimension("x", 500)).Deflate(4, 500, 500);
            variable.Write<float>(new float[250_000]);
            file.Close();
        }
        Assert.InRange(new FileInfo(path).Length, 1, 50_000);
    }

    [Fact]
    public void AnErrorNamesTheFileAndTheReasonOfTheLibrary()
    {
        var absent = Assert.Throws<NetCdfException>(() => NetCdfFile.Open(_folder.File("absent.nc")));
        Assert.Contains("absent.nc", absent.Message, StringComparison.Ordinal);
        Assert.Contains("No such file", absent.Message, StringComparison.Ordinal);
        var unwritable = Assert.Throws<NetCdfException>(() => NetCdfFile.Create(Path.Combine(_folder.Path, "no", "folder.nc")));
        Assert.Contains("creating", unwritable.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ASlabThatDoesNotFitItsMemoryOrItsVariableIsRefused()
    {
        using var file = NetCdfFile.Create(_folder.File("small.nc"));
        var variable = file.Root.DefineVariable("v", NetCdfType.Int32, file.Root.DefineDimension("x", 3));
        variable.Write(1, 2, 3);
        Assert.Throws<ArgumentException>(() => variable.Read([0], [3], new int[2].AsSpan()));
        Assert.Throws<ArgumentException>(() => variable.Read([0, 0], [3, 1], new int[3].AsSpan()));
        Assert.Throws<NetCdfException>(() => variable.Read([1], [3], new int[3].AsSpan()));
        Assert.Throws<ArgumentOutOfRangeException>(() => variable.Read([-1], [3], new int[3].AsSpan()));
    }

    [Fact]
    public void AClosedFileSaysSoInsteadOfReadingAnother()
    {
        var path = _folder.File("closed.nc");
        var file = NetCdfFile.Create(path);
        var variable = file.Root.DefineVariable("v", NetCdfType.Int32);
        file.Close();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => variable.Read<int>());
    }

    [Fact]
    public async Task ManyThreadsReadManyFilesAndNoneGetsTheDataOfAnother()
    {
        for (var f = 0; f < 8; f++)
        {
            using var file = NetCdfFile.Create(_folder.File($"{f}.nc"));
            file.Root.DefineVariable("v", NetCdfType.Int32, file.Root.DefineDimension("x", 1000))
                .Write<int>(Enumerable.Repeat(f, 1000).ToArray());
            file.Close();
        }
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), TestContext.Current.CancellationToken, (i, _) =>
        {
            using var file = NetCdfFile.Open(_folder.File($"{i % 8}.nc"));
            Assert.All(file.Root.FindVariable("v")!.Read<int>(), v => Assert.Equal(i % 8, v));
            return ValueTask.CompletedTask;
        });
    }

    private void RoundTrip<T>(NetCdfType type, T[] values)
        where T : unmanaged
    {
        var path = _folder.File($"{type}.nc");
        using (var file = NetCdfFile.Create(path))
        {
            var variable = file.Root.DefineVariable("v", type, file.Root.DefineDimension("x", values.Length));
            variable.Attributes.Put<T>("copy", values);
            variable.Write<T>(values);
            file.Close();
        }
        using var read = NetCdfFile.Open(path);
        var found = read.Root.FindVariable("v")!;
        Assert.Equal(type, found.Type);
        Assert.Equal(values, found.Read<T>());
        Assert.Equal(type, found.Attributes.TypeOf("copy"));
    }
}
