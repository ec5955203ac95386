using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Jobs.Nowcasts;
using ConvLstm.Nowcast.Tests.Ingest;
using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Feed;

/// <summary>What becomes of the files of a feed.</summary>
public sealed class FeedFolders(TestCluster cluster) : FeedTest(cluster)
{
    [Fact]
    public async Task ScansOfEachFormatAreTakenOnceAlsoAfterARestart()
    {
        Sample.RadarFile(Folder, Rain[0]);
        var place = ProjectionCases.All[0].Grid(40, 30, 1000);
        new OdimVariant().Write(Folder.File("composite.hdf"), place, Sample.Time, new double[place.PixelCount]);
        // A name proves nothing.
        new KnmiVariant().Write(Folder.File("image.dat"), place, Sample.Time.AddMinutes(5), new int[place.PixelCount]);
        Compressed.CopyOf(Sample.RadarFile(Folder, Rain[1]));

        Assert.Equal(new FeedSummary(4, 1, 0, 0), await TakeAsync());
        Assert.Equal(new FeedSummary(0, 0, 0, 0), await TakeAsync());
        // The database decides where the memory of the feed is lost.
        File.Delete(Path.Combine(Quarantine, ".taken"));
        Assert.Equal(new FeedSummary(0, 5, 0, 0), await TakeAsync());
        Assert.Equal(4, await Database.Scans.CountAsync(null, Cancellation));
    }

    [Fact]
    public async Task AFileThatIsStillBeingWrittenWaits()
    {
        var whole = await File.ReadAllBytesAsync(Sample.RadarFile(Folder, Rain[0]), Cancellation);
        File.Delete(Folder.File(Path.GetFileName(Directory.GetFiles(Feed)[0])));
        await File.WriteAllBytesAsync(Folder.File("later.nc.part"), whole, Cancellation);
        await File.WriteAllBytesAsync(Folder.File(".hidden.nc"), whole, Cancellation);
        await using (var writer = new FileStream(Folder.File("slow.nc"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite))
        {
            await writer.WriteAsync(whole.AsMemory(0, whole.Length / 2), Cancellation);
            await writer.FlushAsync(Cancellation);
            Assert.Equal(new FeedSummary(0, 0, 0, 0), await TakeAsync());
            await writer.WriteAsync(whole.AsMemory(whole.Length / 2), Cancellation);
        }
        Assert.Equal(new FeedSummary(1, 0, 0, 0), await TakeAsync());
        File.Move(Folder.File("later.nc.part"), Folder.File("later.nc"));
        Assert.Equal(new FeedSummary(0, 1, 0, 0), await TakeAsync());
        Assert.Empty(Directory.GetFiles(Quarantine, "*.nc"));
    }

    [Fact]
    public async Task AnUploadThatStopsAndIsTakenUpAgainIsOneScan()
    {
        var whole = await File.ReadAllBytesAsync(Sample.RadarFile(Folder, Rain[0]), Cancellation);
        File.Delete(Directory.GetFiles(Feed)[0]);
        var (path, time) = (Folder.File("resumed.nc"), new SettableTime());
        await File.WriteAllBytesAsync(path, whole[..(whole.Length / 2)], Cancellation);
        var watch = new FeedWatch(Options with { Patience = TimeSpan.FromMinutes(1) }, Database,
            new() { Processes = 1, FileLimit = TimeSpan.FromMinutes(1) }, time);

        // It looks complete: nobody writes to it.
        time.Now = File.GetLastWriteTimeUtc(path).AddSeconds(30);
        Assert.Equal(new FeedSummary(0, 0, 0, 0), await watch.TakeOnceAsync(Outcomes.Add, Cancellation));
        Assert.Contains("stays in the feed, as it may still grow", Assert.Single(Outcomes[^1].Notes), StringComparison.Ordinal);

        await using (var rest = new FileStream(path, FileMode.Append))
            await rest.WriteAsync(whole.AsMemory(whole.Length / 2), Cancellation);
        time.Now = File.GetLastWriteTimeUtc(path).AddSeconds(30);
        Assert.Equal(new FeedSummary(1, 0, 0, 0), await watch.TakeOnceAsync(Outcomes.Add, Cancellation));
        Assert.Empty(Directory.GetFiles(Quarantine, "*.nc"));
    }

    [Fact]
    public async Task AnUploadThatIsNeverTakenUpAgainEndsInQuarantine()
    {
        var whole = await File.ReadAllBytesAsync(Sample.RadarFile(Folder, Rain[0]), Cancellation);
        File.Delete(Directory.GetFiles(Feed)[0]);
        await File.WriteAllBytesAsync(Folder.File("half.nc"), whole[..(whole.Length / 2)], Cancellation);
        var time = new SettableTime { Now = File.GetLastWriteTimeUtc(Folder.File("half.nc")).AddSeconds(61) };
        var watch = new FeedWatch(Options with { Patience = TimeSpan.FromMinutes(1) }, Database,
            new() { Processes = 1, FileLimit = TimeSpan.FromMinutes(1) }, time);

        Assert.Equal(new FeedSummary(0, 0, 0, 1), await watch.TakeOnceAsync(Outcomes.Add, Cancellation));
        Assert.Contains("damaged or cut short", await File.ReadAllTextAsync(Path.Combine(Quarantine, "half.nc.reason.txt"), Cancellation),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatCannotBeUsedGoesToQuarantineWithTheReasonBesideIt()
    {
        var good = await File.ReadAllBytesAsync(Sample.RadarFile(Folder, Rain[0]), Cancellation);
        Directory.CreateDirectory(Folder.File("radar 66"));
        for (var i = 0; i < 2; i++)
        {
            await File.WriteAllTextAsync(Folder.File("letter.nc"), $"letter {i}", Cancellation);
            await File.WriteAllBytesAsync(Folder.File("radar 66/cut.nc"), good[..(good.Length / 2)], Cancellation);
            Assert.Equal(2, (await TakeAsync()).Quarantined);
        }

        foreach (var name in (string[])["letter.nc", "letter.nc.2", "radar 66/cut.nc", "radar 66/cut.nc.2"])
        {
            Assert.False(File.Exists(Folder.File(name)));
            Assert.True(File.Exists(Path.Combine(Quarantine, name)), name);
            var reason = await File.ReadAllTextAsync(Path.Combine(Quarantine, name + ".reason.txt"), Cancellation);
            Assert.Contains(name.Contains("cut", StringComparison.Ordinal) ? "damaged or cut short" : "a text file", reason,
                StringComparison.Ordinal);
            Assert.Single(reason.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
        Assert.Equal("letter 1", await File.ReadAllTextAsync(Path.Combine(Quarantine, "letter.nc.2"), Cancellation));
        Assert.Equal(1, await Database.Scans.CountAsync(null, Cancellation));
    }

    [Fact]
    public async Task ScansThatComeTwiceLateAndInAnyOrderAreOneSequence()
    {
        foreach (var i in (int[])[3, 0, 2])
            Sample.RadarFile(Folder, Rain[i]);
        Assert.Equal(3, (await TakeAsync()).Stored);
        Sample.RadarFile(Folder, Rain[4]);
        Sample.RadarFile(Folder, Rain[1], "late.nc");
        Sample.RadarFile(Folder, Rain[3], "again.nc");
        Assert.Equal(new FeedSummary(2, 1, 0, 0), await TakeAsync());

        var sequence = await NewestScans.LoadAsync(Database, Rain[0].Grid.Name, 12, Cancellation);

        Assert.Equal(Rain[..5].Select(f => f.ValidTime), sequence!.Frames.Select(f => f.ValidTime));
        Assert.DoesNotContain(sequence.Frames, f => f.IsInterpolated);
    }

    [Fact]
    public async Task ABadScanIsKeptAndMarkedAndNotUsed()
    {
        for (var i = 0; i < 6; i++)
            Sample.RadarFile(Folder, i == 4
                ? new RadarFrame(Rain[4].Grid, Rain[4].ValidTime, [.. Rain[4].RainRate.Select((r, n) => n % 50 == 0 ? 900 : r)]) : Rain[i]);

        Assert.Equal(new FeedSummary(6, 0, 1, 0), await TakeAsync());

        Assert.Contains("range", Assert.Single(Outcomes.SelectMany(o => o.Marked)), StringComparison.Ordinal);
        await using var asked = Database.DataSource.CreateCommand(
            "SELECT string_agg(f->>'check', ' ') FROM nowcast.scan, jsonb_array_elements(quality->'findings') AS f WHERE NOT "
                + "(quality->>'usable')::boolean AND NOT (f->>'passed')::boolean");
        Assert.Equal("range", await asked.ExecuteScalarAsync(Cancellation));
        Assert.Equal(6, (await Database.Scans.LatestAsync(Rain[0].Grid.Name, 12, Cancellation)).Count);
        var sequence = await NewestScans.LoadAsync(Database, Rain[0].Grid.Name, 12, Cancellation);
        Assert.Equal([false, false, false, false, true, false], sequence!.Frames.Select(f => f.IsInterpolated));
        Assert.All(sequence.Frames, f => Assert.DoesNotContain(f.RainRate, r => r > 500));
    }

    [Fact]
    public async Task TheQualityControlRemembersAcrossARestart()
    {
        foreach (var frame in Rain[..20])
            Sample.RadarFile(Folder, frame);
        await TakeAsync();
        // Frozen, which only shows beside the scan before.
        Sample.RadarFile(Folder, new RadarFrame(Rain[0].Grid, Rain[20].ValidTime, Rain[19].RainRate));
        await TakeAsync();
        Assert.Contains("frozen", Assert.Single(Outcomes[^1].Marked), StringComparison.Ordinal);
    }

    private sealed class SettableTime : TimeProvider
    {
        internal DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
