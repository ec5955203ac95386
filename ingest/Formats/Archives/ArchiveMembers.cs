namespace ConvLstm.Nowcast.Ingest.Formats.Archives;

/// <summary>
/// The radar files of an archive as one: their scans in the order of their names. What cannot be used costs itself and is named.
/// </summary>
internal static class ArchiveMembers
{
    private const int MostNotes = 10;

    /// <exception cref="RadarFileException">Nothing in it can be used: the first reason.</exception>
    internal static RadarFile Open(string path, UnpackedFiles unpacked, RadarReadOptions options, int levels, UnpackingBudget budget)
    {
        RadarContents? contents = null;
        var format = "";
        var (scans, notes) = (new List<IStoredScan>(), new List<string>());
        ReportedException? first = null;
        foreach (var member in unpacked.Files.OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            var name = Path.Join(path, member.Name);
            try
            {
                using var file = RadarFormats.Open(member.Location, name, options, levels, budget);
                if (contents is not null && !contents.Grid.CoversTheSame(file.Grid))
                {
                    notes.Add($"{member.Name} lies on another grid than the others and is left out; unpack it to a folder of its own");
                    continue;
                }
                contents ??= new RadarContents(file.Quantity, file.Units, file.Grid, scans, file.From);
                format = file.Format;
                scans.AddRange(Enumerable.Range(0, file.ValidTimes.Count).Select(i =>
                    new MemberScan(member.Location, name, options, levels, i, file.ValidTimes[i], file.Leads[i])));
                notes.AddRange(file.Notes.Select(note => $"{member.Name}: {note}"));
            }
            catch (RadarFileException e)
            {
                first ??= e;
                notes.Add($"left out: {e.Message.Replace(path + Path.DirectorySeparatorChar, "", StringComparison.Ordinal)}");
            }
        }
        if (contents is null)
            throw first ?? new RadarFileException(path, "the archive holds no file", "give one of radar files");
        var most = notes.Count > MostNotes ? notes.Take(MostNotes).Append($"and {notes.Count - MostNotes} notes more") : notes;
        return new RadarFile(path, $"{format} in an archive", contents with { Notes = [.. most] }, [], unpacked);
    }

    /// <summary>A scan of a member, which is opened for it: an archive of hundreds must not hold as many open.</summary>
    private sealed record MemberScan(
        string Location, string Name, RadarReadOptions Options, int Levels, int Index, DateTimeOffset ValidTime, TimeSpan Lead)
            : IStoredScan
    {
        public void Read(RadarGrid grid, Span<float> rainRate)
        {
            using var file = RadarFormats.Open(Location, Name, Options, Levels, new UnpackingBudget(Name));
            file.Read(Index, rainRate);
        }
    }
}
