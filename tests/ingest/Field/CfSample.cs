using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.NetCdf;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest.Field;

/// <summary>
/// A CF file of 20×30 pixels with two fields of rain, 2 and 8, mean 0.70, in which each thing can be said in another way.
/// </summary>
internal sealed class CfSample
{
    internal const int Height = 20, Width = 30;

    internal Action<NetCdfAttributes> Rain { get; init; } = rain =>
    {
        rain.Put("units", "mm/h");
        rain.Put("standard_name", "rainfall_rate");
    };

    /// <summary>None where null: the file has no time variable then.</summary>
    internal Action<NetCdfAttributes>? Time { get; init; } = time => time.Put("units", "seconds since 1970-01-01");

    internal double[] Times { get; init; } = [1590969600];

    internal Action<NetCdfAttributes> Globals { get; init; } = _ => { };

    /// <summary>Puts attributes on the coordinates of x and y.</summary>
    internal Action<NetCdfAttributes, NetCdfAttributes> Axes { get; init; } = (x, y) =>
    {
        x.Put("units", "degrees_east");
        y.Put("units", "degrees_north");
    };

    internal Func<int, double> X { get; init; } = i => 5 + (0.1 * i);

    internal Func<int, double> Y { get; init; } = j => 54 - (0.1 * j);

    internal Action<NetCdfAttributes>? Mapping { get; init; }

    internal string RainName { get; init; } = "rain";

    internal static double RateAt(int i) => (i / Width, i % Width) switch
    {
        ( >= 3 and < 8, >= 4 and < 14) => 2,
        ( >= 12 and < 17, >= 20 and < 28) => 8,
        _ => 0,
    };

    internal string Write(TemporaryFolder folder, string name = "sample.nc")
    {
        var path = folder.File(name);
        using var file = NetCdfFile.Create(path);
        Globals(file.Root.Attributes);
        var dimensions = new List<NetCdfDimension>();
        if (Time is not null)
        {
            dimensions.Add(file.Root.DefineDimension("time", Times.Length));
            var time = file.Root.DefineVariable("time", NetCdfType.Float64, dimensions[0]);
            Time(time.Attributes);
            time.Write<double>(Times);
        }
        dimensions.Add(file.Root.DefineDimension("y", Height));
        dimensions.Add(file.Root.DefineDimension("x", Width));
        var y = file.Root.DefineVariable("y", NetCdfType.Float64, dimensions[^2]);
        var x = file.Root.DefineVariable("x", NetCdfType.Float64, dimensions[^1]);
        Axes(x.Attributes, y.Attributes);
        x.Write<double>(Enumerable.Range(0, Width).Select(X).ToArray());
        y.Write<double>(Enumerable.Range(0, Height).Select(Y).ToArray());
        var rain = file.Root.DefineVariable(RainName, NetCdfType.Float32, [.. dimensions]);
        Rain(rain.Attributes);
        if (Mapping is not null)
        {
            rain.Attributes.Put("grid_mapping", "crs");
            Mapping(file.Root.DefineVariable("crs", NetCdfType.Int32).Attributes);
        }
        rain.Write<double>(Enumerable.Range(0, (Time is null ? 1 : Times.Length) * Height * Width).Select(i => RateAt(i % (Height * Width)))
            .ToArray());
        file.Close();
        return path;
    }

    /// <summary>Reads a file and checks that its rain is that of the sample times a factor.</summary>
    internal static RadarFile Open(string path, double factor = 1)
    {
        var file = RadarFormats.Open(path);
        for (var i = 0; i < file.ValidTimes.Count; i++)
            Assert.Equal(0.7 * factor, file.Read(i).RainRate.Average(), 1e-4 * factor);
        return file;
    }

    internal static string Refusal(string path) => Assert.Throws<RadarFileException>(() => RadarFormats.Open(path).Dispose()).Message;
}
