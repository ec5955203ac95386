using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.ChildProcesses;
using ConvLstm.Nowcast.Jobs.Feed.Confinement;
using Microsoft.Win32.SafeHandles;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>One child process that decodes, and its folder. What it is asked: <see cref="Decoder"/>.</summary>
internal sealed class DecoderProcess : IDisposable
{
    internal const string Verb = "decode-worker";

    private readonly ScratchFolder _scratch = ScratchFolder.Create("decoder");
    private readonly ChildProcess _process;

    // What it writes under this name goes here: a decoder that a file has taken over cannot put another file in its place.
    private readonly SafeFileHandle _map;

    private DecoderProcess(DecoderOptions options)
    {
        _map = File.OpenHandle(Path.Combine(_scratch.Path, DecoderProtocol.MapFile), FileMode.CreateNew, FileAccess.ReadWrite,
            FileShare.ReadWrite);
        try
        {
            _process = new([.. options.Program ?? ChildProcess.ThisProgram(Verb), DecoderWorker.Argument(options)],
                environment => DecoderEnvironment.Set(environment, _scratch.Path, options.MemoryLimit));
        }
        catch (ReportedException e)
        {
            _map.Dispose();
            _scratch.Dispose();
            throw new ReportedException($"The decoder of radar files does not start: {e.Message}", e);
        }
    }

    internal bool IsAlive => _process.IsAlive;

    /// <summary>The one folder that it may read.</summary>
    internal string Folder => _scratch.Path;

    /// <summary>Starts a decoder and waits until it is ready, so that no file pays for a slow start or is blamed for none.</summary>
    /// <exception cref="ReportedException">It cannot be started.</exception>
    internal static DecoderProcess Start(DecoderOptions options, CancellationToken cancellation)
    {
        var decoder = new DecoderProcess(options);
        try
        {
            using (new FileBudget(options.StartLimit).Spend(decoder._process.Kill))
            {
                if (decoder._process.WaitUntilReady(cancellation))
                    return decoder;
            }
            throw new ReportedException($"The decoder of radar files does not start ({decoder.Reason()}): see whether 'nowcast doctor' "
                + "finds something.");
        }
        catch
        {
            decoder.Dispose();
            throw;
        }
    }

    /// <summary>What it answers; null where it has ended, or does because the budget is spent.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled, which ends the process.</exception>
    internal Message? Ask(Message question, FileBudget budget, CancellationToken cancellation)
    {
        using (budget.Spend(_process.Kill))
            return _process.Ask(question, null, cancellation);
    }

    /// <summary>The map that it has written; false where it wrote less than that.</summary>
    internal bool ReadMap(Span<byte> map)
    {
        for (int read = 0, more; read < map.Length; read += more)
        {
            more = RandomAccess.Read(_map, map[read..], read);
            if (more == 0)
                return false;
        }
        return true;
    }

    /// <inheritdoc cref="ChildProcess.Reason"/>
    internal string Reason() => _process.Reason();

    /// <inheritdoc cref="ChildProcess.Kill"/>
    internal void End() => _process.Kill();

    public void Dispose()
    {
        // What it writes to the folder before it has ended is nobody's.
        _process.Dispose();
        _map.Dispose();
        _scratch.Dispose();
    }
}
