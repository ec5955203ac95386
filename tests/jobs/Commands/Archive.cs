using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.Simulation;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

/// <summary>Simulated scans as files, made once for the tests of a class.</summary>
public sealed class Archive : IDisposable
{
    private const int Scans = 60;
    private readonly TemporaryFolder _folder = new();

    public Archive()
    {
        Directory.CreateDirectory(Folder);
        foreach (var scan in RainSimulator.Run(Rain))
        {
            Frames.Add(scan.Frame);
            CfRadarWriter.Write(FileOf(Frames.Count - 1), scan.Frame);
        }
    }

    /// <summary>What was simulated; the files hold it to 0.01 mm/h.</summary>
    internal List<RadarFrame> Frames { get; } = [];

    internal static SimulationOptions Rain { get; } = new() { Size = 48, Frames = Scans, Seed = 5 };

    /// <summary>A folder with a space in its name, as people have them.</summary>
    internal string Folder => _folder.File("radar files");

    internal string FileOf(int scan) => Path.Combine(Folder, CfRadarWriter.FileName(Frames[scan].ValidTime));

    public void Dispose() => _folder.Dispose();
}
