using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest.Formats;

/// <summary>What is not read is named as what it is.</summary>
public sealed class KindsOfFile : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("BUFR\0\0\u0100\u0004", "a BUFR message")]
    [InlineData("IUSZ52 EGRR 010000\r\r\nBUFR\0\0", "a BUFR message")]
    [InlineData("\u000e\u0003\u0013\u0001rest", "an HDF4 file")]
    [InlineData("\u00fd7zXZ\0rest", "compressed by xz")]
    [InlineData("AR2V0006.001\0\0\0", "NEXRAD")]
    [InlineData("SDUS53 KOUN 010000\r\r\nN0QTLX\0", "NEXRAD")]
    [InlineData("\u001b\0\u0008\0\0\0", "a Sigmet IRIS file")]
    [InlineData("<volume version=\"5.22.6\" \0", "a Rainbow 5 file")]
    [InlineData("<!DOCTYPE html><html>404</html>", "a web page or XML")]
    [InlineData("\u00ff\u00d8\u00ff\u00e0\0", "a JPEG picture")]
    [InlineData("hello", "a text file")]
    [InlineData("", "empty")]
    public void ItIsSaidInOneSentence(string content, string kind)
    {
        var path = _folder.File("file.dat");
        File.WriteAllBytes(path, [.. content.Select(c => (byte)c)]);
        var message = Assert.Throws<RadarFileException>(() => RadarFormats.Open(path).Dispose()).Message;
        Assert.Contains($"it is {kind}", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }
}
