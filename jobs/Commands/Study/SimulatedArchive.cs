using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Ingest.Simulation;
using ConvLstm.Nowcast.Jobs.Feed;

namespace ConvLstm.Nowcast.Jobs.Commands.Study;

/// <summary>Simulated rain for studies that were given no radar files; the files go with it.</summary>
internal sealed class SimulatedArchive(int seed) : IDisposable
{
    private const int Size = 96, Frames = 60;

    private readonly List<ScratchFolder> _folders = [];

    /// <summary>The archive of the paths, or simulated rain.</summary>
    /// <param name="terminal">Told which files cannot be used.</param>
    /// <param name="files">Who opens them.</param>
    /// <param name="paths">Null or empty for simulated rain.</param>
    /// <param name="episode">Another number, other rain.</param>
    /// <param name="cancellation">Stops reading.</param>
    internal IReadOnlyList<ScanSeries> OpenOr(
        Terminal terminal, DecodedFiles files, string[]? paths, int episode, CancellationToken cancellation)
    {
        if (paths is { Length: > 0 })
            return Archives.Open(terminal, files, paths, cancellation);
        var folder = ScratchFolder.Create("study");
        _folders.Add(folder);
        SimulateCommand.Write(
            new SimulationOptions { Size = Size, Frames = Frames, Seed = (seed * 101) + episode }, folder.Path, cancellation);
        return Archives.Open(terminal, files, [folder.Path], cancellation);
    }

    public void Dispose()
    {
        foreach (var folder in _folders)
            folder.Dispose();
    }
}
