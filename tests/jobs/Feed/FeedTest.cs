using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Simulation;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Feed;

/// <summary>A feed folder, its decoders in child processes, and a real database.</summary>
public abstract class FeedTest(TestCluster cluster) : IAsyncLifetime
{
    private protected static readonly RadarFrame[] Rain =
        [.. RainSimulator.Run(new() { Size = 64, Frames = 24, Seed = 3 }).Select(s => s.Frame)];

    private protected TemporaryFolder Folder { get; } = new();

    private protected CancellationToken Cancellation { get; } = TestContext.Current.CancellationToken;

    private protected List<FileOutcome> Outcomes { get; } = [];

    private protected NowcastDatabase Database { get; private set; } = null!;

    private protected string Feed => Folder.Path;

    private protected string Quarantine => Folder.File("quarantine");

    public virtual async ValueTask InitializeAsync() =>
        Database = await NowcastDatabase.OpenAsync(await cluster.CreateDatabaseAsync(Cancellation), Cancellation);

    public virtual async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected FeedOptions Options => new(Feed) { Interval = TimeSpan.FromMilliseconds(150), Patience = TimeSpan.Zero };

    // A machine of many tests may be slow: no file of theirs is to pay for that.
    private protected FeedWatch Watch(DecoderOptions? decoders = null) =>
        new(Options, Database, decoders ?? new() { Processes = 1, FileLimit = TimeSpan.FromMinutes(1) }, TimeProvider.System);

    // A process that another test starts holds this one's files open until it has become what it shall be, and a pass leaves them then,
    // so a second pass follows the first.
    private protected async Task<FeedSummary> TakeAsync(DecoderOptions? decoders = null)
    {
        var first = await TakeOnceAsync(decoders);
        var second = await TakeOnceAsync(decoders);
        return new(first.Stored + second.Stored, first.AlreadyThere + second.AlreadyThere, first.Marked + second.Marked,
            first.Quarantined + second.Quarantined)
        {
            Left = first.Left + second.Left,
        };
    }

    private async Task<FeedSummary> TakeOnceAsync(DecoderOptions? decoders)
    {
        for (var i = 0; i < 50 && Directory.EnumerateFiles(Feed).Any(FileInUse.IsOpenForWriting); i++)
            await Task.Delay(10, Cancellation);
        return (await Watch(decoders).TakeOnceAsync(Outcomes.Add, Cancellation))!;
    }
}
