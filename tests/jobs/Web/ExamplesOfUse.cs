using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Jobs.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

/// <summary>What stands in ops/examples does what it says.</summary>
public sealed class ExamplesOfUse(ServedRain rain, Chromium chromium) : IClassFixture<ServedRain>, IClassFixture<Chromium>
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("pandas", "rain_table.py", "rain_mm_h")]
    [InlineData("xarray", "forecast_file.py", "wettest pixel")]
    public async Task AScriptPrintsTheForecast(string module, string script, string words)
    {
        Assert.Contains(words, await PythonAsync(module, script), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheFieldsOfHomeAssistantAreInTheAnswers()
    {
        var yaml = await File.ReadAllTextAsync(Example("home-assistant.yaml"), _cancellation);
        var questions = Regex.Matches(yaml, @"resource: (\S+)").Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(2, questions.Count);
        var parts = yaml.Split("- resource:")[1..];
        for (var i = 0; i < questions.Count; i++)
        {
            using var answer = JsonDocument.Parse(
                await rain.Client.GetStringAsync(new Uri(OfTheTest(questions[i]), UriKind.Relative), _cancellation));
            foreach (Match field in Regex.Matches(parts[i], @"value_json\.([\w.]+)"))
                _ = field.Groups[1].Value.Split('.').Aggregate(answer.RootElement, (at, name) => at.GetProperty(name));
        }
    }

    [Fact]
    public async Task TheColumnsOfGrafanaAreInTheAnswer()
    {
        using var panel = JsonDocument.Parse(await File.ReadAllTextAsync(Example("grafana-infinity.json"), _cancellation));
        var target = panel.RootElement.GetProperty("targets")[0];
        using var answer = JsonDocument.Parse(
            await rain.Client.GetStringAsync(new Uri(OfTheTest(target.GetProperty("url").GetString()!), UriKind.Relative), _cancellation));
        var row = answer.RootElement.GetProperty(target.GetProperty("root_selector").GetString()!)[0];
        foreach (var column in target.GetProperty("columns").EnumerateArray())
        {
            var value = row.GetProperty(column.GetProperty("selector").GetString()!);
            Assert.True(column.GetProperty("type").GetString() == "number" ? value.ValueKind == JsonValueKind.Number
                : value.TryGetDateTime(out _), column.ToString());
        }
    }

    [Fact]
    public async Task TheLeafletPageOfAnotherHostShowsTheTiles()
    {
        var leaflet = Path.Combine(Path.GetDirectoryName(SourceFile())!, "..", "..", "..", "jobs", "Web", "Page", "node_modules", "leaflet",
            "dist");
        // From a server of its own: browsers ask before a page that came from nowhere may speak to this machine.
        await using var other = WebApplication.CreateSlimBuilder().Build();
        other.Urls.Add("http://127.0.0.1:0");
        other.MapGet("/", () => TypedResults.PhysicalFile(Example("leaflet.html"), "text/html"));
        foreach (var (file, type) in new[] { ("leaflet.css", "text/css"), ("leaflet.js", "text/javascript") })
            other.MapGet($"/{file}", () => TypedResults.PhysicalFile(Path.GetFullPath(Path.Combine(leaflet, file)), type));
        await other.StartAsync(_cancellation);
        await using var service = WebService.Build(rain.Database, "http://127.0.0.1:0",
            new NowcastSettings { RequestsPerSecond = 0, CorsOrigins = other.Urls.Single() });
        await service.StartAsync(_cancellation);
        await using var context = await chromium.NewAsync();
        var page = await context.NewPageAsync();

        await page.GotoAsync($"{other.Urls.Single()}/?service={service.Urls.Single()}&grid={rain.Grid.Name}");

        await page.WaitForFunctionAsync("document.querySelectorAll('.leaflet-tile-loaded').length > 0");
        Assert.Contains("2024-06-01T14:55:00Z", await page.TitleAsync(), StringComparison.Ordinal);
    }

    private static string SourceFile([System.Runtime.CompilerServices.CallerFilePath] string path = "") => path;

    private static string Example(string name) =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(SourceFile())!, "..", "..", "..", "ops", "examples", name));

    /// <summary>The same question of a place that the simulated radar sees.</summary>
    private static string OfTheTest(string address) =>
        new Uri(address).PathAndQuery.Replace("lon=5.1&lat=52.1", "lon=10&lat=52", StringComparison.Ordinal);

    private async Task<string> PythonAsync(string module, string script)
    {
        const string Interpreter = "/usr/bin/python3";
        if (!File.Exists(Interpreter) || (await RunAsync(Interpreter, "-c", $"import {module}")).ExitCode != 0)
            Assert.Skip($"python3 with {module} is not installed: the example needs it.");
        string[] place = script == "rain_table.py" ? ["10", "52"] : [];
        var (code, output) = await RunAsync(Interpreter, [Example(script), rain.Address, .. place]);
        Assert.True(code == 0, output);
        return output;
    }

    private async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync(_cancellation);
        var output = await process.StandardOutput.ReadToEndAsync(_cancellation);
        await process.WaitForExitAsync(_cancellation);
        return (process.ExitCode, output + await error);
    }
}
