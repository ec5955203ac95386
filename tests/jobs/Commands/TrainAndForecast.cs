using System.Security.Cryptography;
using ConvLstm.Nowcast.Files;
using ConvLstm.Nowcast.Ingest.NetCdf;
using ConvLstm.Nowcast.Model.Checkpoints;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

public sealed class TrainAndForecast(TrainedModel trained) : IClassFixture<TrainedModel>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private Archive Archive => trained.Archive;

    [Fact]
    public void ATrainingSaysWhatItReachedAndWritesItIntoTheCheckpoint()
    {
        using var checkpoint = Checkpoint.Load(trained.File, CPU);

        Assert.Contains("trained 16 steps in 1 epochs", trained.Report, StringComparison.Ordinal);
        Assert.Contains("validation loss", trained.Report, StringComparison.Ordinal);
        Assert.Contains("extrapolation", trained.Report, StringComparison.Ordinal);
        Assert.Equal((3, 3, 5.0), (checkpoint.Metadata.PastFrames, checkpoint.Metadata.FutureFrames, checkpoint.Metadata.StepMinutes));
        Assert.Equal("3", checkpoint.Metadata.Training["seed"]);
        Assert.Equal((Archive.Frames[0].ValidTime, Archive.Frames[^1].ValidTime, 60),
            (checkpoint.Metadata.Data.From, checkpoint.Metadata.Data.To, checkpoint.Metadata.Data.Frames));
    }

    [Fact]
    public async Task AForecastFileHasTheAgreedDimensionsAndVariables()
    {
        await Cli.In(_folder).DoAsync("forecast", "--data", Archive.Folder, "--model", trained.File, "--out", "f.nc");

        using var file = NetCdfFile.Open(_folder.File("f.nc"));
        var rain = file.Root.FindVariable("rainfall_rate")!;
        var probability = file.Root.FindVariable("probability_of_exceedance")!;
        Assert.Equal([("time", 12), ("y", 48), ("x", 48)], rain.Dimensions.Select(d => (d.Name, d.Length)));
        Assert.Equal([("threshold", 9), ("time", 12), ("y", 48), ("x", 48)], probability.Dimensions.Select(d => (d.Name, d.Length)));
        Assert.Equal(("mm h-1", "1"), (rain.Attributes.Text("units"), probability.Attributes.Text("units")));
        Assert.All(
            new[] { "time", "y", "x", "threshold", "forecast_reference_time", "forecast_period", rain.Attributes.Text("grid_mapping")! },
            name => Assert.NotNull(file.Root.FindVariable(name)));
        Assert.Equal(("CF-1.8", "model"), (file.Root.Attributes.Text("Conventions"), file.Root.Attributes.Text("method")));
        var checksum = Convert.ToHexStringLower(
            SHA256.HashData(await File.ReadAllBytesAsync(trained.File, TestContext.Current.CancellationToken)));
        Assert.Equal(checksum, file.Root.Attributes.Text("model_checksum_sha256"));
        Assert.Contains(checksum[..8], file.Root.Attributes.Text("model_version")!, StringComparison.Ordinal);
        Assert.Equal(Archive.Frames[^1].ValidTime, ForecastFile.Read(_folder.File("f.nc")).IssueTime);
        Assert.Contains(rain.Read<float>(), r => r > 1);
    }

    [Theory]
    [InlineData("persistence")]
    [InlineData("anvil")]
    [InlineData("extrapolation")]
    [InlineData("sprog")]
    [InlineData("steps")]
    public async Task AMethodAnIssueTimeAndALeadCanBeNamed(string method)
    {
        await Cli.In(_folder).DoAsync(
            "forecast", "--data", Archive.Folder, "--method", method, "--at",
                Archive.Frames[20].ValidTime.ToString("yyyy-MM-ddTHH:mm:ssZ", null), "--lead", "17", "--out", "f.nc");

        var forecast = ForecastFile.Read(_folder.File("f.nc"));
        Assert.Equal((method, Archive.Frames[20].ValidTime), (forecast.Provenance.Method, forecast.IssueTime));
        Assert.Equal([5, 10, 15], forecast.LeadTimes.Select(l => l.TotalMinutes));
        if (method == "persistence")
            Assert.All(forecast.RainRate[2].Zip(Archive.Frames[20].RainRate), pair => Assert.Equal(pair.Second, pair.First, 0.011f));
        else
            Assert.NotEqual(forecast.RainRate[0], forecast.RainRate[2]);
    }

    [Fact]
    public async Task EveryNthScanThatHasEnoughPastGivesAFile()
    {
        await Cli.In(_folder).DoAsync("forecast", "--data", Archive.Folder, "--model", trained.File, "--every", "25", "--lead", "10",
            "--out", "many");

        Assert.Equal(
            new[] { 2, 27, 52 }.Select(i => $"nowcast_{Archive.Frames[i].ValidTime:yyyyMMddTHHmmssZ}.nc"),
            Directory.GetFiles(_folder.File("many")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task AnIssueTimeThatCannotBeServedIsNamedWithThoseThatCan()
    {
        async Task<string> At(string time) => await Cli.In(_folder)
            .FailAsync(1, "forecast", "--data", Archive.Folder, "--model", trained.File, "--at", time, "--out", "f.nc");

        var outside = await At("2020-01-01T00:00:00Z");
        Assert.Contains("2020-01-01T00:00:00Z", outside, StringComparison.Ordinal);
        Assert.Contains("2024-06-01T12:00:00Z to 2024-06-01T16:55:00Z", outside, StringComparison.Ordinal);
        Assert.Contains("12:07:00Z: there is no scan", await At("2024-06-01T12:07:00Z"), StringComparison.Ordinal);
        Assert.Contains("needs 3 scans in a row, there are 2", await At("2024-06-01T12:05:00Z"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OfFilesOnTwoGridsOneIsToBeNamed()
    {
        var cli = Cli.In(_folder);
        await cli.DoAsync("simulate", "--out", "scans/small", "--size", "32", "--frames", "4");
        await cli.DoAsync("simulate", "--out", "scans/large", "--size", "48", "--frames", "4");
        string[] line = ["forecast", "--data", "scans", "--method", "persistence", "--lead", "5", "--out", "f.nc"];

        var asked = await cli.FailAsync(1, line);
        var names = asked[(asked.IndexOf(" of ", StringComparison.Ordinal) + 4)..].TrimEnd('.').Split(", ");
        await cli.DoAsync([.. line, "--grid", names[1]]);

        Assert.Contains("name one by --grid", asked, StringComparison.Ordinal);
        Assert.Equal(names[1], ForecastFile.Read(_folder.File("f.nc")).Grid.Name);
        Assert.Contains($"the files have {string.Join(", ", names)}", await cli.FailAsync(1, [.. line, "--grid", "none"]),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task AGpuIsCalledCuda() => Assert.Contains(
        "A GPU is called cuda.", await Cli.In(_folder)
            .FailAsync(2, "forecast", "--data", Archive.Folder, "--device", "gpu", "--out", "f.nc"), StringComparison.Ordinal);

    [Fact]
    public async Task AMethodThatIsNotThereIsNamed() => Assert.Contains(
        "oracle", await Cli.In(_folder).FailAsync(1, "forecast", "--data", Archive.Folder, "--method", "oracle", "--out", "f.nc"),
            StringComparison.Ordinal);

    [Fact]
    public async Task WithoutAModelTheShippedOneForecastsWhateverTheGridAndStepWithMembers()
    {
        await Cli.In(_folder).DoAsync("forecast", "--data", Archive.Folder, "--lead", "15", "--members", "3", "--out", "f.nc");

        using var file = NetCdfFile.Open(_folder.File("f.nc"));
        Assert.Equal("model", file.Root.Attributes.Text("method"));
        Assert.StartsWith("pooled-", file.Root.Attributes.Text("model_version"), StringComparison.Ordinal);
        Assert.Equal([("realization", 3), ("time", 3), ("y", 48), ("x", 48)],
            file.Root.FindVariable("rainfall_rate_members")!.Dimensions.Select(d => (d.Name, d.Length)));
    }

    [Fact]
    public async Task ALeadShorterThanTheStepIsRefused() => Assert.Contains(
        "--lead 3", await Cli.In(_folder).FailAsync(1, "forecast", "--data", Archive.Folder, "--lead", "3", "--out", "f.nc"),
            StringComparison.Ordinal);

    [Fact]
    public async Task AnEvaluationScoresTheMethodsSideBySide()
    {
        var table = await Cli.In(_folder).DoAsync(
            "evaluate", "--data", Archive.Folder, "--model", trained.File, "--lead", "10", "--every", "20", "--json", "scores.json");

        Assert.All(new[] { "model", "extrapolation", "persistence" }, method => Assert.Matches($@"(?m)^{method} +0\.1 +0\.\d\d\d ", table));
        Assert.Contains("\"summary\"", await File.ReadAllTextAsync(_folder.File("scores.json"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
