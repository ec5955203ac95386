using System.Text.Json;
using System.Text.RegularExpressions;
using ConvLstm.Nowcast.Ingest.NetCdf;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

public sealed class StudiesByCommand
{
    [Fact]
    public async Task DigitsWriteAReportThatNeedsNothingElseAndScoreGivenSequences()
    {
        using var folder = new TemporaryFolder();
        var cli = Cli.In(folder);
        await cli.DoAsync("study", "digits", "--quick", "--seed", "14", "--trials", "2", "--seconds", "3", "--most-layers", "1",
            "--most-kernels", "3", "--out", "d");
        Assert.Equal(2, Figures(folder, "d").GetProperty("trials").GetArrayLength());
        AssertSelfContained(folder, "d");
        WriteSequences(folder.File("given.nc"));

        var said = await cli.DoAsync("study", "digits", "--out", "d", "--test", "given.nc");

        Assert.Matches(@"(?m)^model +0\.\d{6}$", said);
        Assert.Matches(@"(?m)^model, eight views +0\.\d{6}$", said);
        // The target is the second frame once more.
        Assert.Matches(@"(?m)^persistence +0\.000000$", said);
        Assert.Matches(@"(?m)^linear extrapolation +0\.\d{6}$", said);
    }

    [Fact]
    public async Task RadarComparesNetworksThatBeatPersistenceOnSimulatedRain()
    {
        using var folder = new TemporaryFolder();
        await Cli.In(folder).DoAsync("study", "radar", "--quick", "--minutes", "0.03", "--networks", "fc-lstm", "convgru", "conv1d-lstm",
            "simvp", "--out", "r");

        var table = Figures(folder, "r").GetProperty("rows").EnumerateArray().ToList();
        var rows = table.ToDictionary(r => r.GetProperty("method").GetString()!, r => r.GetProperty("rmse").GetDouble());
        Assert.Equal(["persistence", "extrapolation", "fc-lstm", "convgru", "conv1d-lstm", "simvp"], rows.Keys);
        Assert.All(rows.Skip(1), r => Assert.True(r.Value < rows["persistence"], $"{r.Key}: {r.Value} against {rows["persistence"]}"));
        // Extrapolation does that too: what they learned on the way is said.
        Assert.All(table.Skip(2), r => Assert.InRange(r.GetProperty("learned").GetDouble(), 0, 1));
        Assert.Equal(JsonValueKind.Null, table[1].GetProperty("learned").ValueKind);
        AssertSelfContained(folder, "r");
        Assert.True(File.Exists(folder.File("r/simvp.safetensors")));
    }

    [Fact]
    public async Task NextFrameReadsPicturesAndRadar()
    {
        using var folder = new TemporaryFolder();
        var cli = Cli.In(folder);
        await cli.DoAsync("study", "next-frame", "--quick", "--epochs", "1", "--out", "n");
        AssertSelfContained(folder, "n");
        // The report's own pictures are frames as good as any.
        Directory.CreateDirectory(folder.File("pictures"));
        var pictures = Regex.Matches(File.ReadAllText(folder.File("n/report.html")), "base64,([^\"]+)")
            .Select(m => Convert.FromBase64String(m.Groups[1].Value)).ToList();
        for (var i = 0; i < 30; i++)
            File.WriteAllBytes(folder.File($"pictures/{i:00}.png"), pictures[i % pictures.Count]);

        await cli.DoAsync("study", "next-frame", "--quick", "--epochs", "1", "--images", "pictures", "--out", "p");

        Assert.Equal(2, Figures(folder, "p").GetArrayLength());
        Assert.Contains("no .png files", await cli.FailAsync(1, "study", "next-frame", "--quick", "--images", "n"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task TuningGoesOnWhereItStoppedWithMoreWorkers()
    {
        using var folder = new TemporaryFolder();
        var cli = Cli.In(folder);
        await cli.DoAsync("simulate", "--out", "feed", "--size", "48", "--frames", "30");
        string[] search = ["tune", "--data", "feed", "--out", "t", "--minutes", "0.005", "--crop", "24"];
        await cli.DoAsync([.. search, "--trials", "1"]);
        var first = File.ReadAllText(folder.File("t/trials/trial-0001.json"));

        var said = await cli.DoAsync([.. search, "--trials", "3", "--workers", "2"]);

        Assert.StartsWith("best of 3:", said, StringComparison.Ordinal);
        Assert.Equal(first, File.ReadAllText(folder.File("t/trials/trial-0001.json")));
        Assert.True(File.Exists(folder.File("t/best.safetensors")));
        Assert.Contains("other settings", await cli.FailAsync(1, [.. search, "--loss", "mae"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WrongNamesAreWrongUsage()
    {
        using var folder = new TemporaryFolder();
        await Cli.In(folder).FailAsync(2, "study", "radar", "--networks", "nothing");
        await Cli.In(folder).FailAsync(2, "study", "nothing");
        await Cli.In(folder).FailAsync(1, "study", "digits", "--mnist", "nowhere");
    }

    private static JsonElement Figures(TemporaryFolder folder, string study) =>
        JsonDocument.Parse(File.ReadAllText(folder.File($"{study}/figures.json"))).RootElement;

    private static void AssertSelfContained(TemporaryFolder folder, string study)
    {
        var page = File.ReadAllText(folder.File($"{study}/report.html"));
        Assert.StartsWith("<!doctype html>", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("(src|href)=\"(?!data:)", page);
        Assert.DoesNotContain("url(", page, StringComparison.Ordinal);
    }

    private static void WriteSequences(string path)
    {
        using var file = NetCdfFile.Create(path);
        var dimensions = new[] { ("sequence", 4), ("time", 3), ("y", 36),
            ("x", 36) }.Select(d => file.Root.DefineDimension(d.Item1, d.Item2)).ToArray();
        var variable = file.Root.DefineVariable("frames", NetCdfType.UInt8, dimensions);
        file.EndDefinitions();
        variable.Write<byte>([.. Enumerable.Range(0, 4 * 3 * 36 * 36).Select(i => (byte)(i / (36 * 36) % 3 == 0 ? 0 : i % 36 * 7))]);
    }
}
