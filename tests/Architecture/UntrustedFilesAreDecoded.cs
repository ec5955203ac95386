using Xunit;

namespace ConvLstm.Nowcast.Tests.Architecture;

/// <summary>
/// The program reads what others send by decoders: nothing in it but a decoder opens radar or forecast files in its own process.
/// </summary>
public sealed class UntrustedFilesAreDecoded
{
    [Fact]
    public void OnlyADecoderOpensFilesInItsProcess()
    {
        var root = RepositoryFolder.File("jobs");
        var opening = Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && Opens(File.ReadAllText(file)))
            .Select(file => Path.GetRelativePath(root, file));

        Assert.Equal(["Feed/DecoderWorker.cs"], opening);
    }

    private static bool Opens(string text) => ((string[])["RadarFormats.Open", "ForecastFile.Read", "ForecastFile.Open", "NetCdfFile.Open"])
        .Any(call => text.Contains(call, StringComparison.Ordinal));
}
