using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.NetCdf;
using ConvLstm.Nowcast.Ingest.Projection;

namespace ConvLstm.Nowcast.Tests.Ingest;

/// <summary>One way to publish an ODIM_H5 composite (version 2.4, tables 1 to 17), and a writer for it.</summary>
public sealed record OdimVariant
{
    internal static string[] Levels { get; } = ["root", "dataset", "data"];

    /// <summary>RATE, ACRR, DBZH or TH.</summary>
    public string Quantity { get; init; } = "RATE";

    /// <summary>Where quantity, gain and offset stand: root, dataset or data.</summary>
    public string PackingLevel { get; init; } = "data";

    /// <summary>Where nodata and undetect stand.</summary>
    public string CodesLevel { get; init; } = "data";

    /// <summary>Where the start and the end stand.</summary>
    public string TimesLevel { get; init; } = "dataset";

    public NetCdfType Type { get; init; } = NetCdfType.UInt8;

    public double Gain { get; init; } = 1;

    public double Offset { get; init; }

    /// <summary>The quantity is not in the first dataset.</summary>
    public bool SecondDataset { get; init; }

    public bool Deflated { get; init; }

    /// <summary>How long an accumulation lasts.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromMinutes(15);

    private bool IsFloating => Type is NetCdfType.Float32 or NetCdfType.Float64;

    /// <summary>"Did not look."</summary>
    private double Nodata => IsFloating ? -9999000 : Type == NetCdfType.UInt8 ? 255 : 65535;

    /// <summary>"Looked, and saw no rain."</summary>
    private double Undetect => IsFloating ? -8888000 : 0;

    /// <summary>mm/h that the file is to give for a stored number.</summary>
    internal double RainRate(double stored)
    {
        if (stored == Nodata)
            return double.NaN;
        if (stored == Undetect)
            return 0;
        var value = (stored * Gain) + Offset;
        if (Quantity is "DBZH" or "TH")
        {
            var rate = Math.Pow(Math.Pow(10, value / 10) / 200, 1 / 1.6);
            return rate < 0.05 ? 0 : rate;
        }
        return Quantity == "ACRR" ? value / Period.TotalHours : value;
    }

    /// <summary>Random codes: a quarter not looked at, a quarter without rain.</summary>
    internal double[] Codes(int count, Random random) =>
        [.. Enumerable.Range(0, count).Select(_ => random.Next(4) switch
        {
            0 => Nodata,
            1 => Undetect,
            _ => IsFloating ? (float)(random.NextDouble() * 60) : random.Next(1, 255),
        })];

    internal void Write(string path, RadarGrid grid, DateTimeOffset time, double[] codes)
    {
        using var file = NetCdfFile.Create(path);
        file.Root.Attributes.Put("Conventions", "ODIM_H5/V2_3");
        var what = file.Root.DefineGroup("what");
        what.Attributes.Put("object", "COMP");
        what.Attributes.Put("version", "H5rad 2.3");
        what.Attributes.Put("date", time.ToString("yyyyMMdd", CultureInfo.InvariantCulture));
        what.Attributes.Put("time", time.ToString("HHmmss", CultureInfo.InvariantCulture));
        WriteWhere(file.Root.DefineGroup("where").Attributes, grid);
        if (SecondDataset)
            file.Root.DefineGroup("dataset1").DefineGroup("data1").DefineGroup("what").Attributes.Put("quantity", "QIND");
        var dataset = file.Root.DefineGroup(SecondDataset ? "dataset2" : "dataset1");
        var data = dataset.DefineGroup("data1");
        var levels = new Dictionary<string, NetCdfAttributes> { ["root"] = what.Attributes };
        NetCdfAttributes At(string level)
        {
            if (!levels.TryGetValue(level, out var known))
                levels[level] = known = (level == "dataset" ? dataset : data).DefineGroup("what").Attributes;
            return known;
        }
        At(PackingLevel).Put("quantity", Quantity);
        At(PackingLevel).Put("gain", Gain);
        At(PackingLevel).Put("offset", Offset);
        At(CodesLevel).Put("nodata", Nodata);
        At(CodesLevel).Put("undetect", Undetect);
        foreach (var (name, at) in ((string, DateTimeOffset)[])[("start", time - Period), ("end", time)])
        {
            At(TimesLevel).Put(name + "date", at.ToString("yyyyMMdd", CultureInfo.InvariantCulture));
            At(TimesLevel).Put(name + "time", at.ToString("HHmmss", CultureInfo.InvariantCulture));
        }
        var variable = data.DefineVariable("data", Type, data.DefineDimension("y", grid.Height), data.DefineDimension("x", grid.Width));
        if (Deflated)
            variable.Deflate(6, grid.Height, Math.Max(1, grid.Width / 2));
        variable.Write<double>(codes);
        file.Close();
    }

    private static void WriteWhere(NetCdfAttributes where, RadarGrid grid)
    {
        where.Put("projdef", grid.Proj);
        where.Put("xsize", (long)grid.Width);
        where.Put("ysize", (long)grid.Height);
        where.Put("xscale", grid.PixelX);
        where.Put("yscale", grid.PixelY);
        using var locator = new GridLocator(grid);
        foreach (var (corner, column, row) in ((string, int, int)[])[("UL", 0, 0), ("UR", grid.Width, 0), ("LL", 0, grid.Height),
            ("LR", grid.Width, grid.Height)])
        {
            var (longitude, latitude) = locator.LonLat(column - 0.5, row - 0.5);
            where.Put(corner + "_lon", longitude);
            where.Put(corner + "_lat", latitude);
        }
    }
}
