using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.NetCdf;
using ConvLstm.Nowcast.Ingest.Projection;

namespace ConvLstm.Nowcast.Tests.Ingest;

/// <summary>How the pixels are stored.</summary>
public enum Packing
{
    Float,
    Double,
    NaNFill,
    Int16,
    UInt16,
    UnsignedShort,
    UnsignedByte,
    ValidRange,
    MissingValue,
    DefaultFill,
}

/// <summary>How time stands in the file.</summary>
public enum TimeStyle
{
    Scalar,
    Dimension,
    Attributes,
}

/// <summary>One way to publish a CF file, and a writer for it: the other side of the property tests.</summary>
public sealed partial record CfVariant
{
    public NetCdfKind Kind { get; init; } = NetCdfKind.NetCdf4;

    private const double NoEcho = -32;

    public string Units { get; init; } = "mm h-1";

    /// <summary>mm/h to the unit of the file.</summary>
    public double PerMmH { get; init; } = 1;

    public string StandardName { get; init; } = "rainfall_rate";

    public Packing Packing { get; init; } = Packing.Float;

    public TimeStyle Time { get; init; } = TimeStyle.Scalar;

    public bool SouthFirst { get; init; }

    public bool EastFirst { get; init; }

    public bool ColumnsFirst { get; init; }

    public bool Kilometres { get; init; }

    /// <summary>Longitudes and latitudes of all pixels instead of coordinates of rows and columns.</summary>
    public bool Curvilinear { get; init; }

    /// <summary>
    /// For accumulations: how long before the valid time they start; with bounds instead of a start time where time is a dimension.
    /// </summary>
    public TimeSpan? Period { get; init; }

    /// <summary>The file holds dBZ; <see cref="PerMmH"/> counts for nothing then.</summary>
    public bool IsReflectivity => Units == "dBZ";

    /// <summary>Coordinates in single precision.</summary>
    public bool SingleCoordinates { get; init; }

    /// <summary>Compressed in chunks of a few rows; NetCDF-4 only.</summary>
    public bool Deflated { get; init; }

    /// <summary>The size of a packed step in dB.</summary>
    public double StepDb => StepMmH == 0 ? 0 : 0.5;

    /// <summary>The size of a packed step in mm/h.</summary>
    public double StepMmH => Packing is Packing.Float or Packing.Double or Packing.NaNFill or Packing.DefaultFill ? 0
        : Packing == Packing.UnsignedByte ? 0.25 : 0.01;

    internal void Write(string path, params IReadOnlyList<RadarFrame> frames)
    {
        var grid = frames[0].Grid;
        using var file = NetCdfFile.Create(path, Kind);
        var root = file.Root;
        root.Attributes.Put("Conventions", "CF-1.8");
        var time = Time == TimeStyle.Dimension ? root.DefineDimension("time", frames.Count) : null;
        var y = root.DefineDimension("rows", grid.Height);
        var x = root.DefineDimension("columns", grid.Width);
        var define = new List<Action>();
        DefineCoordinates(root, grid, y, x, define);
        DefineTime(root, frames, time, define);
        NetCdfDimension[] shape = [.. new[] { time }.OfType<NetCdfDimension>(), .. ColumnsFirst ? [x, y] : new[] { y, x }];
        var rain = root.DefineVariable("surface_rain", DataType, shape);
        if (Deflated)
            rain.Deflate(1, [.. shape.Select(d => d == time ? 1 : Math.Max(1, d.Length / 2))]);
        rain.Attributes.Put("units", Units);
        rain.Attributes.Put("standard_name", StandardName);
        rain.Attributes.Put("grid_mapping", "mapping");
        DefinePacking(rain);
        if (Curvilinear)
            rain.Attributes.Put("coordinates", "lon lat");
        if (!grid.IsGeographic)
            CfGridMapping.Write(root.DefineVariable("mapping", NetCdfType.Int32).Attributes, grid.Proj);
        file.EndDefinitions();
        define.ForEach(write => write());
        for (var i = 0; i < frames.Count; i++)
            WriteFrame(rain, grid, frames[i], time is null ? null : i);
        file.Close();
    }

    private NetCdfType DataType => Packing switch
    {
        Packing.Double => NetCdfType.Float64,
        Packing.Int16 or Packing.UnsignedShort or Packing.ValidRange or Packing.MissingValue => NetCdfType.Int16,
        Packing.UInt16 => NetCdfType.UInt16,
        Packing.UnsignedByte => NetCdfType.Int8,
        _ => NetCdfType.Float32,
    };

    private void DefinePacking(NetCdfVariable rain)
    {
        if (StepMmH > 0)
        {
            rain.Attributes.Put("scale_factor", IsReflectivity ? StepDb : StepMmH * PerMmH);
            rain.Attributes.Put("add_offset", IsReflectivity ? NoEcho : 0.0);
        }
        switch (Packing)
        {
            case Packing.Float:
                rain.Attributes.Put("_FillValue", -999f);
                break;
            case Packing.Double:
                rain.Attributes.Put("_FillValue", -999.0);
                break;
            case Packing.NaNFill:
                rain.Attributes.Put("_FillValue", float.NaN);
                break;
            case Packing.Int16:
                rain.Attributes.Put<short>("_FillValue", -1);
                break;
            case Packing.UInt16:
                rain.Attributes.Put<ushort>("_FillValue", 65535);
                break;
            case Packing.UnsignedShort:
                rain.Attributes.Put("_Unsigned", "true");
                rain.Attributes.Put<short>("_FillValue", -1);
                break;
            case Packing.UnsignedByte:
                rain.Attributes.Put("_Unsigned", "true");
                rain.Attributes.Put<sbyte>("_FillValue", -1);
                break;
            case Packing.ValidRange:
                rain.Attributes.Put<short>("valid_range", 0, 20000);
                break;
            case Packing.MissingValue:
                rain.Attributes.Put<short>("missing_value", -5);
                break;
        }
    }

    private double MissingCode => Packing switch
    {
        Packing.Float or Packing.Double => -999,
        Packing.NaNFill => double.NaN,
        Packing.UInt16 => 65535,
        Packing.ValidRange => 30000,
        Packing.MissingValue => -5,
        Packing.DefaultFill => 9.9692099683868690e+36f,
        _ => -1,
    };

    private void WriteFrame(NetCdfVariable rain, RadarGrid grid, RadarFrame frame, long? index)
    {
        var values = new double[grid.PixelCount];
        for (var row = 0; row < grid.Height; row++)
        {
            for (var column = 0; column < grid.Width; column++)
            {
                var (j, i) = (SouthFirst ? grid.Height - 1 - row : row, EastFirst ? grid.Width - 1 - column : column);
                var rate = frame.RainRate[(row * grid.Width) + column];
                values[ColumnsFirst ? (i * grid.Height) + j : (j * grid.Width) + i] = float.IsNaN(rate) ? MissingCode : Stored(rate);
            }
        }
        long[] size = ColumnsFirst ? [grid.Width, grid.Height] : [grid.Height, grid.Width];
        long[] start = index is { } at ? [at, 0, 0] : [0, 0];
        long[] count = index is null ? size : [1, .. size];
        // Codes above the middle of an unsigned range are negative numbers in the signed type.
        switch (DataType)
        {
            case NetCdfType.Int8:
                rain.Write<sbyte>(start, count, values.Select(v => unchecked((sbyte)(byte)(int)v)).ToArray());
                break;
            case NetCdfType.Int16:
                rain.Write<short>(start, count, values.Select(v => unchecked((short)(ushort)(int)v)).ToArray());
                break;
            case NetCdfType.UInt16:
                rain.Write<ushort>(start, count, values.Select(v => (ushort)v).ToArray());
                break;
            case NetCdfType.Float64:
                rain.Write<double>(start, count, values);
                break;
            default:
                rain.Write<float>(start, count, values.Select(v => (float)v).ToArray());
                break;
        }
    }

    private double Stored(double rate)
    {
        if (IsReflectivity)
        {
            var dbz = rate == 0 ? NoEcho : 10 * Math.Log10(200 * Math.Pow(rate, 1.6));
            return StepDb > 0 ? Math.Round((dbz - NoEcho) / StepDb) : dbz;
        }
        var amount = rate * (Period?.TotalHours ?? 1);
        return StepMmH > 0 ? Math.Round(amount / StepMmH) : amount * PerMmH;
    }
}
