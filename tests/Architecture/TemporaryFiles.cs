using System.Text.RegularExpressions;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Architecture;

/// <summary>
/// What the program writes into the temporary folder is in a ScratchFolder, which the next of its purpose deletes where the process was
/// killed: a service that is killed a hundred times leaves nothing.
/// </summary>
public sealed partial class TemporaryFiles
{
    // The folder itself; a copy whose name is deleted while it is open; in a decoder, whose temporary folder is a ScratchFolder; the socket
    // of a cluster, which stays as long as the cluster; a folder that a person is told of.
    private static readonly string[] Others =
    [
        "ingest/ScratchFolder.cs", "ingest/NetCdf/UnlinkedCopy.cs", "ingest/Formats/Archives/UnpackedFiles.cs",
        "storage/Cluster/ClusterFolders.cs", "jobs/Feed/DecoderWorker.cs", "jobs/Commands/DemoCommand.cs",
    ];

    [Fact]
    public void NothingOfAKilledProcessStays() => Assert.Empty(RepositoryFolder.Sources()
        .Where(file => IsProduct(RepositoryFolder.Relative(file)) && Writes().IsMatch(File.ReadAllText(file)))
        .Select(RepositoryFolder.Relative).Except(Others));

    [Theory]
    [InlineData("var path = Path.GetTempFileName();")]
    [InlineData("Path.Combine(Path.GetTempPath(), \"a.nc\")")]
    [InlineData("Directory.CreateTempSubdirectory()")]
    public void WritingElsewhereIsFound(string line) => Assert.Matches(Writes(), line);

    private static bool IsProduct(string file) => file.Split('/')[0] is "ingest" or "model" or "nowcast" or "storage" or "jobs";

    [GeneratedRegex(@"GetTempFileName|CreateTempSubdirectory|Combine\((System\.IO\.)?Path\.GetTempPath")]
    private static partial Regex Writes();
}
