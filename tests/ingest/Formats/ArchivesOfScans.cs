using System.Formats.Tar;
using System.IO.Compression;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.Sequences;
using ICSharpCode.SharpZipLib.BZip2;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest.Formats;

/// <summary>Archives and compressed files: each member a scan, and an error names the member.</summary>
[Slow("Packs large files.")]
public sealed class ArchivesOfScans : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RadarFrame[] _frames = [.. Enumerable.Range(0, 3)
        .Select(i => Sample.RadarFrame(at: Sample.Time.AddMinutes(5 * i), seed: i + 1))];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("scans.tar")]
    [InlineData("scans.tar.gz")]
    [InlineData("scans.tar.bz2")]
    [InlineData("scans.zip")]
    public void EveryMemberIsAScan(string name)
    {
        using var file = RadarFormats.Open(Pack(name, Members()));
        Assert.Equal("CF-NetCDF in an archive", file.Format);
        Assert.Equal(_frames.Select(f => f.ValidTime), file.ValidTimes);
        for (var i = 0; i < _frames.Length; i++)
            Assert.Equal(_frames[i].RainRate, file.Read(i).RainRate, (a, b) => float.IsNaN(a) ? float.IsNaN(b) : Math.Abs(a - b) < 0.006);
    }

    [Theory]
    [InlineData("scan.nc.gz")]
    [InlineData("scan.nc.bz2")]
    public void AFileThatIsOnlyCompressedIsWhatItWas(string name)
    {
        var path = _folder.File(name);
        File.WriteAllBytes(path, Compress(name, File.ReadAllBytes(Sample.RadarFile(_folder, _frames[0]))));
        using var file = RadarFormats.Open(path);
        Assert.Equal(("CF-NetCDF", _frames[0].ValidTime), (file.Format, file.ValidTimes.Single()));
    }

    [Fact]
    public void CompressedMembersAreReadToo()
    {
        var members = Members().Select(m => ($"{m.Name}.gz", Compress("a.gz", m.Content))).ToArray();
        using var file = RadarFormats.Open(Pack("scans.tar.bz2", members));
        Assert.Equal(3, file.ValidTimes.Count);
    }

    [Fact]
    public void AMemberThatIsDamagedCostsItselfAndIsNamed()
    {
        var members = Members();
        members[1] = (members[1].Name, members[1].Content[..200]);
        using var file = RadarFormats.Open(Pack("scans.zip", [.. members, ("read me.txt", "hello"u8.ToArray()), (".hidden", [1])]));
        Assert.Equal([_frames[0].ValidTime, _frames[2].ValidTime], file.ValidTimes);
        Assert.Contains(file.Notes, n => n.Contains(members[1].Name, StringComparison.Ordinal)
            && n.Contains("damaged or cut short", StringComparison.Ordinal));
        Assert.Contains(file.Notes, n => n.Contains("read me.txt", StringComparison.Ordinal)
            && n.Contains("a text file", StringComparison.Ordinal));
        Assert.Equal(2, file.Notes.Count);
    }

    [Fact]
    public void AMemberOnAnotherGridIsNamedAndLeftOut()
    {
        var other = Sample.RadarFile(_folder, Sample.RadarFrame(Sample.RadarGrid(width: 9)), "z.nc");
        using var file = RadarFormats.Open(Pack("scans.tar", [.. Members(), ("z.nc", File.ReadAllBytes(other))]));
        Assert.Equal(3, file.ValidTimes.Count);
        Assert.Contains("z.nc lies on another grid", Assert.Single(file.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scans.tar")]
    [InlineData("scans.tar.gz")]
    [InlineData("scans.tar.bz2")]
    [InlineData("scans.zip")]
    public void AnArchiveThatIsCutShortIsRefusedAsAWhole(string name)
    {
        var path = Pack(name, Members());
        using (var file = File.OpenWrite(path))
            file.SetLength(file.Length * 2 / 3);
        var error = Assert.Throws<RadarFileException>(() => RadarFormats.Open(path).Dispose());
        Assert.Contains("damaged or cut short", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnArchiveOfTooManyFilesIsRefused()
    {
        var path = Pack("many.tar", [.. Enumerable.Range(0, 2001).Select(i => ($"{i}.nc", new byte[1]))]);
        Assert.Contains("over 2000 files", Assert.Throws<RadarFileException>(() => RadarFormats.Open(path).Dispose()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void NamesOfMembersLeadNowhere()
    {
        var members = Members();
        using var file = RadarFormats.Open(Pack("scans.tar",
            [("../../escaped.nc", members[0].Content), ("/tmp/absolute.nc", members[1].Content)]));
        Assert.Equal(2, file.ValidTimes.Count);
        Assert.False(File.Exists("/tmp/absolute.nc"));
    }

    [Fact]
    public void AnArchiveOfArchivesWithoutEndIsRefused()
    {
        var content = File.ReadAllBytes(Sample.RadarFile(_folder, _frames[0]));
        for (var i = 0; i < 5; i++)
            content = Compress("a.gz", content);
        File.WriteAllBytes(_folder.File("deep.gz"), content);
        Assert.Contains("archives in an archive",
            Assert.Throws<RadarFileException>(() => RadarFormats.Open(_folder.File("deep.gz")).Dispose()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ForecastsOfAServiceAreNoScansOfAnArchive()
    {
        var members = new[] { 0, 5, 10 }.Select(lead => ($"DE1200_RV2405142050_{lead:000}", File.ReadAllBytes(
            RadolanFile.Write(_folder.File("member"), "RV", 1200, 1100, [10], "E-02", 5, version: 5, extra: $"VV {lead:000}MF 00000008"))))
                .ToArray();
        var path = Pack("DE1200_RV2405142050.tar.bz2", members);
        using var file = RadarFormats.Open(path);
        Assert.Equal([0, 5, 10], file.Leads.Select(l => l.TotalMinutes));
        Assert.Equal(file.ValidTimes[0],
            Assert.Single(RadarArchive.Open([path], RadarFormats.Open, cancellation: TestContext.Current.CancellationToken).Scans)
                .ValidTime);
    }

    private (string Name, byte[] Content)[] Members() =>
        [.. _frames.Select(f => (CfRadarWriter.FileName(f.ValidTime), File.ReadAllBytes(Sample.RadarFile(_folder, f))))];

    private string Pack(string name, (string Name, byte[] Content)[] members)
    {
        var packed = new MemoryStream();
        if (name.EndsWith(".zip", StringComparison.Ordinal))
        {
            using var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true);
            foreach (var (member, content) in members)
            {
                using var stream = zip.CreateEntry(member).Open();
                stream.Write(content);
            }
        }
        else
        {
            using var tar = new TarWriter(packed, TarEntryFormat.Ustar, leaveOpen: true);
            foreach (var (member, content) in members)
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, member) { DataStream = new MemoryStream(content) });
        }
        var path = _folder.File(name);
        File.WriteAllBytes(path, Compress(name, packed.ToArray()));
        return path;
    }

    private static byte[] Compress(string name, byte[] content)
    {
        var packed = new MemoryStream();
        using (Stream stream = Path.GetExtension(name) switch
        {
            ".gz" => new GZipStream(packed, CompressionMode.Compress, leaveOpen: true),
            ".bz2" => new BZip2OutputStream(packed) { IsStreamOwner = false },
            _ => new BufferedStream(packed),
        })
        {
            stream.Write(content);
            stream.Flush();
            if (stream is BufferedStream)
                return packed.ToArray();
        }
        return packed.ToArray();
    }
}
