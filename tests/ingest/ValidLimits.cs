using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.NetCdf;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest;

/// <summary>Limits of valid values, packed or in the units of the variable, and files whose rain stands in a group.</summary>
public sealed class ValidLimits : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void LimitsInTheTypeOfThePackedNumbersArePacked() => Assert.Equal([float.NaN, 0, 20, float.NaN], Read<short>(
        NetCdfType.Int16, [-3, 0, 200, 201], rain => rain.Attributes.Put<short>("valid_range", 0, 200)));

    [Fact]
    public void FloatingLimitsBesidePackedNumbersAreInTheUnitsOfTheVariable() => Assert.Equal([0, 20, float.NaN], Read<short>(
        NetCdfType.Int16, [0, 200, 201], rain => rain.Attributes.Put<float>("valid_range", 0, 20)));

    [Fact]
    public void TheLowestAndTheHighestValidValueMayStandApart()
    {
        Assert.Equal([float.NaN, 1, 20, float.NaN], Read<short>(NetCdfType.Int16, [9, 10, 200, 201], rain =>
        {
            rain.Attributes.Put<short>("valid_min", 10);
            rain.Attributes.Put<short>("valid_max", 200);
        }));
        Assert.Equal([0, 20, float.NaN], Read<short>(NetCdfType.Int16, [0, 200, 201], rain => rain.Attributes.Put("valid_max", 20.0)));
    }

    [Fact]
    public void LimitsOfUnsignedNumbersInASignedTypeAreUnsignedToo() => Assert.Equal([0, 25, float.NaN], Read<sbyte>(
        NetCdfType.Int8, [0, unchecked((sbyte)250), unchecked((sbyte)251)], rain =>
        {
            rain.Attributes.Put("_Unsigned", "true");
            rain.Attributes.Put<sbyte>("valid_range", 0, unchecked((sbyte)250));
        }));

    [Fact]
    public void SeveralMissingValuesAreAllMissing() => Assert.Equal([float.NaN, float.NaN, float.NaN, 0.1f], Read<short>(
        NetCdfType.Int16, [-1, 30000, 30001, 1], rain =>
        {
            rain.Attributes.Put<short>("_FillValue", -1);
            rain.Attributes.Put<short>("missing_value", 30000, 30001);
        }));

    [Fact]
    public void RainInAGroupIsReadWithWhatTheGroupsAboveItHold()
    {
        var path = _folder.File("group.nc");
        var frame = Sample.RadarFrame();
        using (var file = NetCdfFile.Create(path))
        {
            var (y, x) = CfRadarWriter.WriteGrid(file.Root, frame.Grid);
            var time = file.Root.DefineVariable("time", NetCdfType.Int64);
            time.Attributes.Put("units", "seconds since 1970-01-01");
            time.Write(frame.ValidTime.ToUnixTimeSeconds());
            var rain = file.Root.DefineGroup("radar").DefineGroup("surface").DefineVariable("rain", NetCdfType.Float32, y, x);
            rain.Attributes.Put("units", "mm h-1");
            rain.Attributes.Put("standard_name", "rainfall_rate");
            rain.Attributes.Put("grid_mapping", "crs");
            rain.Write<float>(frame.RainRate);
            file.Close();
        }
        using var read = RadarFormats.Open(path);
        Assert.True(read.Grid.CoversTheSame(frame.Grid));
        Assert.Equal(frame.ValidTime, Assert.Single(read.ValidTimes));
        Assert.Equal(frame.RainRate, read.Read(0).RainRate);
    }

    // Steps of 0.1 mm/h, twice as a row.
    private float[] Read<T>(NetCdfType type, T[] codes, Action<NetCdfVariable> describe)
        where T : unmanaged
    {
        var path = _folder.File("limits.nc");
        using (var file = NetCdfFile.Create(path, NetCdfKind.Classic))
        {
            var root = file.Root;
            root.Attributes.Put("time_coverage_end", "2024-05-01T12:00:00Z");
            var (y, x) = (root.DefineDimension("lat", 2), root.DefineDimension("lon", codes.Length));
            var (lat, lon) = (root.DefineVariable("lat", NetCdfType.Float64, y), root.DefineVariable("lon", NetCdfType.Float64, x));
            lat.Attributes.Put("units", "degrees_north");
            lon.Attributes.Put("units", "degrees_east");
            var rain = root.DefineVariable("rain", type, y, x);
            rain.Attributes.Put("units", "mm h-1");
            rain.Attributes.Put("scale_factor", 0.1);
            describe(rain);
            file.EndDefinitions();
            lat.Write(1.0, 0.0);
            lon.Write<double>([.. Enumerable.Range(0, codes.Length).Select(i => (double)i)]);
            rain.Write<T>([.. codes, .. codes]);
            file.Close();
        }
        using var read = RadarFormats.Open(path);
        return read.Read(0).RainRate[..codes.Length];
    }
}
