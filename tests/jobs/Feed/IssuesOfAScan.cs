using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats.Sources;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Tests.Ingest.Formats;
using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Feed;

/// <summary>Several files that say something of one grid and time: the same scan again, a later issue of it, another product.</summary>
public sealed class IssuesOfAScan(TestCluster cluster) : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;
    private readonly DecoderPool _decoders = new(new() { Processes = 1, FileLimit = TimeSpan.FromMinutes(1) });
    private NowcastDatabase _database = null!;

    public async ValueTask InitializeAsync() =>
        _database = await NowcastDatabase.OpenAsync(await cluster.CreateDatabaseAsync(_cancellation), _cancellation);

    public async ValueTask DisposeAsync()
    {
        _decoders.Dispose();
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task TwoProductsOfOneGridAreNeverTakenForEachOther()
    {
        await TakeAsync(null, Scan("rate_0.nc", 1));
        var refused = Assert.Single(await TakeAsync(null, Scan("other_0.nc", 2)));
        Assert.Contains("a second product of one grid needs a name", refused.Problem, StringComparison.Ordinal);
        Assert.Contains("rate_0.nc", refused.Problem, StringComparison.Ordinal);

        var named = Assert.Single(await TakeAsync(new RadarSources([], Product: "other"), Scan("other_0.nc", 2)));
        Assert.Equal((null, 1), (named.Problem, named.Stored));
        var grids = (await _database.Grids.ListAsync(_cancellation)).Select(g => g.Grid.Name).ToArray();
        Assert.Equal(2, grids.Length);
        Assert.Single(grids, name => name.EndsWith("-other", StringComparison.Ordinal));
        foreach (var grid in grids)
            Assert.Equal(1, await _database.Scans.CountAsync(grid, _cancellation));
        // Which of the two an unnamed file belongs to is not guessed.
        Assert.Null((await TakeAsync(null, Scan("rate_0.nc", 1))).Single().Problem);
    }

    [Fact]
    public async Task TwoProductsThatArriveAtOnceAreKeptApartToo()
    {
        var outcomes = await TakeAsync(null, Scan("a.nc", 1), Scan("b.nc", 2));
        Assert.Equal((1, 0), (outcomes[0].Stored, outcomes[1].Stored));
        Assert.Contains("a second product", outcomes[1].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AGridGoesByTheNameThatIsGivenAlsoForLaterFiles()
    {
        await TakeAsync(new RadarSources([], GridName: "netherlands"), Scan("a_1.nc", 1));
        await TakeAsync(null, Scan("a_2.nc", 2, minutes: 5));
        Assert.Equal("netherlands", Assert.Single(await _database.Grids.ListAsync(_cancellation)).Grid.Name);
        Assert.Equal(2, await _database.Scans.CountAsync("netherlands", _cancellation));
    }

    [Fact]
    public async Task AFileThatMayBelongToTwoNamedSeriesIsRefusedByName()
    {
        await TakeAsync(new RadarSources([], GridName: "netherlands", Product: "rate"), Scan("a_1.nc", 1));
        await TakeAsync(new RadarSources([], GridName: "netherlands", Product: "gauges"), Scan("b_1.nc", 2));
        var outcome = Assert.Single(await TakeAsync(null, Scan("a_2.nc", 3, minutes: 5)));
        Assert.Contains("netherlands-gauges, netherlands-rate", outcome.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheSameScanUnderAnotherNameIsThereAlready()
    {
        await TakeAsync(null, Scan("a.nc", 1));
        var again = Assert.Single(await TakeAsync(null, Scan("copy.nc", 1)));
        Assert.Equal((0, 1, null), (again.Stored, again.AlreadyThere, again.Problem));
    }

    [Fact]
    public async Task ALaterIssueThatObservedAsMuchTakesThePlaceOfTheEarlierOne()
    {
        await TakeAsync(null, Scan("radar_1200_1.nc", 1));
        var issue = Assert.Single(await TakeAsync(null, Scan("radar_1200_2.nc", 1, bonus: 1)));
        Assert.Equal((1, null), (issue.Stored, issue.Problem));
        Assert.Contains("taken in place of radar_1200_1.nc", Assert.Single(issue.Notes), StringComparison.Ordinal);
        var grid = Assert.Single(await _database.Grids.ListAsync(_cancellation)).Grid.Name;
        var frame = Assert.Single(await _database.Scans.LoadFramesAsync(grid, Sample.Time, Sample.Time, _cancellation));
        Assert.Equal(Rain(1, 1)[0], frame.RainRate[0], 0.006f);
        Assert.Equal("radar_1200_2.nc", (await _database.Scans.FindAsync(grid, Sample.Time, _cancellation))!.SourceFile);
    }

    [Fact]
    public async Task AnIssueThatObservedLessIsNotTaken()
    {
        await TakeAsync(null, Scan("radar_1200_1.nc", 1));
        var issue = Assert.Single(await TakeAsync(null, Scan("radar_1200_2.nc", 1, missing: 40)));
        Assert.Equal((0, 1, null), (issue.Stored, issue.AlreadyThere, issue.Problem));
        Assert.Contains("observed less than radar_1200_1.nc, which is kept", Assert.Single(issue.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PicturesAreIngestedThroughAProfileOfTenLines()
    {
        var profile = _folder.File("profile.json");
        await File.WriteAllTextAsync(profile, """
            {
              "files": "rain-*.png",
              "time": "rain-%Y%m%d%H%M",
              "gridName": "valley",
              "grid": { "proj": "EPSG:3035", "left": 4000000, "top": 3000000, "pixelX": 1000 },
              "legend": { "units": "mm/h", "gain": 0.1, "missing": [255] }
            }
            """, _cancellation);
        var files = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var source = _folder.File("source.pgm");
            await File.WriteAllBytesAsync(source, [.. "P5\n4 3\n255\n"u8, 0, 10, 20, 255, .. Enumerable.Repeat((byte)(10 * i), 8)],
                _cancellation);
            files.Add(_folder.File($"rain-20240501{1200 + (5 * i)}.png"));
            await GdalTool.RunAsync(["-of", "PNG", source, files[i]]);
        }
        var outcomes = await TakeAsync(RadarSources.Load([profile]), [.. files]);
        Assert.All(outcomes, o => Assert.Equal((1, null), (o.Stored, o.Problem)));
        var frames = await _database.Scans.LoadFramesAsync("valley", Sample.Time, Sample.Time.AddMinutes(10), _cancellation);
        Assert.Equal([Sample.Time, Sample.Time.AddMinutes(5), Sample.Time.AddMinutes(10)], frames.Select(f => f.ValidTime));
        Assert.Equal([0, 1, 2, float.NaN, 1, 1, 1, 1, 1, 1, 1, 1], frames[1].RainRate);
    }

    [Fact]
    public async Task ForecastsOfAServiceAreLeftOutAndSaid()
    {
        var path = RadolanFile.Write(_folder.File("DE1200_RV2405142050_005"), "RV", 1200, 1100, [10], "E-02", 5, version: 5,
            extra: "VV 005MF 00000008");
        var outcome = Assert.Single(await TakeAsync(null, path));
        Assert.Equal((0, null), (outcome.Stored, outcome.Problem));
        Assert.Contains("1 forecasts of the service, to 5 minutes ahead", Assert.Single(outcome.Notes), StringComparison.Ordinal);
    }

    private async Task<List<FileOutcome>> TakeAsync(RadarSources? sources, params string[] files)
    {
        var outcomes = new List<FileOutcome>();
        await foreach (var outcome in new ScanIntake(_database, _decoders, TimeProvider.System, sources).TakeAsync(files, _cancellation))
            outcomes.Add(outcome with { Notes = [.. outcome.Notes.Where(n => !n.Contains("unusual", StringComparison.Ordinal))] });
        return outcomes;
    }

    private string Scan(string name, int seed, int minutes = 0, float bonus = 0, int missing = 0)
    {
        var rain = Rain(seed, bonus);
        rain.AsSpan(0, missing).Fill(float.NaN);
        return Sample.RadarFile(_folder, new RadarFrame(Sample.RadarGrid(20, 20), Sample.Time.AddMinutes(minutes), rain), name);
    }

    private static float[] Rain(int seed, float bonus = 0)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, 400).Select(_ => MathF.Round(random.NextSingle() * 5, 2) + bonus)];
    }
}
