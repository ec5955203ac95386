namespace ConvLstm.Nowcast.Ingest.Gdal;

/// <summary>A band of a raster.</summary>
internal sealed unsafe class GdalBand(GdalDataset dataset, IntPtr band)
{
    internal IReadOnlyDictionary<string, string> Metadata => GdalDataset.ReadMetadata(band);

    internal string Description => GdalDataset.Text(NativeGdal.GDALGetDescription(band));

    /// <summary>Empty where it has none.</summary>
    internal string Units => GdalDataset.Text(NativeGdal.GDALGetRasterUnitType(band));

    internal bool IsByte => NativeGdal.GDALGetRasterDataType(band) == NativeGdal.TypeByte;

    /// <summary>True where values are stored as whole numbers: gdal.h, GDALDataType up to GDT_Int32, and the 64-bit ones.</summary>
    internal bool IsInteger => NativeGdal.GDALGetRasterDataType(band) is (> 0 and <= 5) or (>= 12 and <= 14);

    internal double? NoData => Get(&NativeGdal.GDALGetRasterNoDataValue);

    internal double? Scale => Get(&NativeGdal.GDALGetRasterScale);

    internal double? Offset => Get(&NativeGdal.GDALGetRasterOffset);

    /// <summary>Red, green, blue and opacity of each stored number, from 0 to 255; null where the numbers are no colours.</summary>
    internal IReadOnlyList<(int Red, int Green, int Blue, int Opacity)>? Palette
    {
        get
        {
            var table = NativeGdal.GDALGetRasterColorTable(band);
            if (table == IntPtr.Zero)
                return null;
            var colours = new (int, int, int, int)[Math.Clamp(NativeGdal.GDALGetColorEntryCount(table), 0, 1 << 16)];
            for (var i = 0; i < colours.Length; i++)
            {
                var entry = NativeGdal.GDALGetColorEntry(table, i);
                colours[i] = (entry[0], entry[1], entry[2], entry[3]);
            }
            return colours;
        }
    }

    /// <summary>Stored numbers of one row.</summary>
    /// <exception cref="GdalException">They cannot be read.</exception>
    internal void ReadRow(int row, Span<float> values)
    {
        fixed (float* target = values)
            Read(row, values.Length, target, NativeGdal.TypeFloat32);
    }

    /// <summary>The same of a band of bytes.</summary>
    internal void ReadRow(int row, Span<byte> values)
    {
        fixed (byte* target = values)
            Read(row, values.Length, target, NativeGdal.TypeByte);
    }

    private void Read(int row, int width, void* target, int type)
    {
        using var turn = dataset.Enter();
        NativeGdal.CPLErrorReset();
        if (NativeGdal.GDALRasterIO(band, NativeGdal.ReadFlag, 0, row, width, 1, target, width, 1, type, 0, 0) != 0)
            throw GdalDataset.Failed();
    }

    private double? Get(delegate*<IntPtr, int*, double> read)
    {
        int hasOne;
        var value = read(band, &hasOne);
        return hasOne != 0 ? value : null;
    }
}
