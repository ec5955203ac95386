namespace ConvLstm.Nowcast.Ingest.NetCdf;

/// <summary>
/// The mark of an HDF5 file, <see href="https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html"/> (II.A): at 0, 512, 1024,
/// 2048 …, behind a block of the user's.
/// </summary>
internal static class Hdf5Signature
{
    internal const int Length = 8;

    private static ReadOnlySpan<byte> Mark => [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A];

    internal static bool Begins(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Mark);

    /// <summary>Looks wherever the library would look; a file that cannot be read has none.</summary>
    internal static bool IsIn(string path)
    {
        try
        {
            using var file = UnlockedFile.OpenHandle(path);
            Span<byte> found = stackalloc byte[Length];
            var length = RandomAccess.GetLength(file);
            for (var at = 0L; at + Length <= length; at = at == 0 ? 512 : at * 2)
            {
                if (RandomAccess.Read(file, found, at) == Length && Begins(found))
                    return true;
            }
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // libnetcdf says what is wrong with it.
            return false;
        }
    }
}
