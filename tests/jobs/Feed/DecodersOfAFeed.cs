using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Feed;

/// <summary>What becomes of a feed where its decoders die, hang or do not start.</summary>
public sealed class DecodersOfAFeed(TestCluster cluster) : FeedTest(cluster)
{
    [Theory]
    [InlineData("kill -SEGV $$", "ended the decoder (memory fault)")]
    [InlineData("kill -ABRT $$", "ended the decoder (aborted)")]
    [InlineData("exit 3", "ended the decoder (exit status 3)")]
    [InlineData("exec sleep 600", "took over 0.5 seconds")]
    public async Task ADecoderThatDiesOrHangsCostsOneFile(string end, string reason)
    {
        Sample.RadarFile(Folder, Rain[0]);
        // Ready, as the protocol has it, then the end at the first question; the next one is a decoder as always.
        var decoder = Folder.File(".decoder.sh");
        var spoilt = Folder.File(".spoilt");
        await File.WriteAllTextAsync(decoder, $"""
            [ -e '{spoilt}' ] && exec '{Path.Combine(AppContext.BaseDirectory, "nowcast")}' decode-worker "$@"
            : > '{spoilt}'
            printf '\001\000\000\000\000'
            head -c 1 > /dev/null
            {end}
            """, Cancellation);
        var options = new DecoderOptions { Processes = 1, Program = ["/bin/sh", decoder], FileLimit = TimeSpan.FromSeconds(0.5) };

        Assert.Equal(new FeedSummary(0, 0, 0, 1), await TakeAsync(options));
        Assert.Contains(reason, Assert.Single(Outcomes).Problem, StringComparison.Ordinal);

        Sample.RadarFile(Folder, Rain[1]);
        Assert.Equal(new FeedSummary(1, 0, 0, 0), await TakeAsync(options with { FileLimit = TimeSpan.FromMinutes(1) }));
    }

    [Theory]
    [InlineData("once", 1, 0)]
    [InlineData("always", 0, 1)]
    public async Task AFileWhoseDecoderIsKilledFromOutsideIsReadOnceMore(string times, int stored, int quarantined)
    {
        Sample.RadarFile(Folder, Rain[0]);
        var decoder = Folder.File(".killed.sh");
        await File.WriteAllTextAsync(decoder, $"""
            [ -e '{Folder.File(".once")}' ] && exec '{Path.Combine(AppContext.BaseDirectory, "nowcast")}' decode-worker "$@"
            : > '{Folder.File("." + times)}'
            printf '\001\000\000\000\000'
            head -c 1 > /dev/null
            kill -KILL $$
            """, Cancellation);

        var options = new DecoderOptions { Processes = 1, Program = ["/bin/sh", decoder], FileLimit = TimeSpan.FromMinutes(1) };
        Assert.Equal(new FeedSummary(stored, 0, 0, quarantined), await TakeAsync(options));
    }

    [Fact]
    public async Task ADecoderIsReplacedWhenItHasReadItsShareOfFiles()
    {
        string[] files = [.. Rain[..5].Select(frame => Sample.RadarFile(Folder, frame))];
        using var decoders = new DecoderPool(new() { Processes = 1, FilesPerProcess = 2, FileLimit = TimeSpan.FromMinutes(1) });
        await foreach (var outcome in new ScanIntake(Database, decoders, TimeProvider.System).TakeAsync(files, Cancellation))
            Assert.Equal((1, null), (outcome.Stored, outcome.Problem));
        Assert.Equal(3, decoders.Started);
    }

    [Fact]
    public async Task ADecoderThatDoesNotStartBlamesNoFile()
    {
        var file = Sample.RadarFile(Folder, Rain[0]);
        foreach (var program in (string[][])[["/bin/sh", "-c", "exit 7"], ["/nonexistent/nowcast"]])
        {
            var error = await Assert.ThrowsAsync<ReportedException>(() => TakeAsync(new() { Program = program }));
            Assert.Contains("decode", error.Message, StringComparison.Ordinal);
        }
        Assert.True(File.Exists(file));
        Assert.Equal(new FeedSummary(1, 0, 0, 0), await TakeAsync());
    }
}
