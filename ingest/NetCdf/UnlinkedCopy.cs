namespace ConvLstm.Nowcast.Ingest.NetCdf;

/// <summary>
/// A temporary copy of an HDF5 file without some of its links, which libnetcdf would follow in circles or fail on. Deleted when disposed.
/// </summary>
internal sealed class UnlinkedCopy : IDisposable
{
    private UnlinkedCopy(string location) => Location = location;

    internal string Location { get; }

    /// <summary>To be called with the library's lock.</summary>
    /// <param name="location">The file, which stays as it is.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="links">From the root, each with its groups.</param>
    /// <exception cref="NetCdfException">A link cannot be removed.</exception>
    /// <exception cref="TemporarySpaceFullException">There is no room for a copy.</exception>
    internal static UnlinkedCopy Make(string location, string name, IReadOnlyList<string> links)
    {
        var copy = new UnlinkedCopy(Path.Combine(Path.GetTempPath(), $"nowcast-{Guid.NewGuid():N}.h5"));
        try
        {
            using (var source = UnlockedFile.Open(location))
            using (var target = File.Create(copy.Location))
                source.CopyTo(target);
            var hdf5 = NativeNetCdf.Hdf5Links!;
            using var file = hdf5.OpenFileToWrite(copy.Location);
            foreach (var link in links)
            {
                if (!file.IsValid || !hdf5.Unlink(file, link))
                    throw NetCdfException.Refusal(name, $"its link {link} leads to nothing or in circles, and cannot be taken out");
            }
            return copy;
        }
        catch (IOException e) when (TemporarySpace.IsFull(e))
        {
            copy.Dispose();
            throw TemporarySpace.Full(name, e);
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    public void Dispose() => File.Delete(Location);
}
