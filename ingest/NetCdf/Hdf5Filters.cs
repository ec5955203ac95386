namespace ConvLstm.Nowcast.Ingest.NetCdf;

/// <summary>
/// Names of the filters that are registered with the HDF Group,
/// <see href="https://github.com/HDFGroup/hdf5_plugins/blob/master/docs/RegisteredFilterPlugins.md"/>.
/// </summary>
internal static class Hdf5Filters
{
    internal static string Describe(int filter) => filter switch
    {
        305 => "LZO (filter 305)",
        307 => "bzip2 (filter 307)",
        32000 => "LZF (filter 32000)",
        32001 => "Blosc (filter 32001)",
        32004 => "LZ4 (filter 32004)",
        32008 => "bitshuffle (filter 32008)",
        32013 => "ZFP (filter 32013)",
        32015 => "Zstandard (filter 32015)",
        32017 => "SZ (filter 32017)",
        32019 => "JPEG (filter 32019)",
        32026 => "Blosc2 (filter 32026)",
        _ => $"the unknown filter {filter}",
    };
}
