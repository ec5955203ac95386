namespace ConvLstm.Nowcast.Ingest.Gdal;

/// <summary>The library that reads GRIB, GeoTIFF and pictures.</summary>
public static unsafe class GdalLibrary
{
    /// <summary>The version that the library gives of itself.</summary>
    /// <exception cref="ReportedException">It is not installed.</exception>
    public static string Version
    {
        get
        {
            NativeGdal.Initialise();
            return GdalDataset.Text(NativeGdal.GDALVersionInfo("RELEASE_NAME"));
        }
    }
}
