using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

/// <summary>The description of the API is right where a generator makes a client of it that a compiler takes.</summary>
public sealed class GeneratedClient(ServedRain rain) : IClassFixture<ServedRain>, IDisposable
{
    /// <summary>
    /// Numbers are numbers, times are text, what may be missing says so; a wrong word is an error, which the last line shows.
    /// </summary>
    private const string Program =
        """
        import type { components, operations, paths } from './api';
        type Rain = paths['/api/rain-at']['get']['responses'][200]['content']['application/json'];
        export function wettest(rain: Rain): number {
          return Math.max(...rain.leads.map((lead) => (lead.rainMmH ?? 0) * 1));
        }
        export const issued = (rain: Rain): string => rain.origin.issueTime.toUpperCase() + rain.origin.runId.toFixed(0);
        export type Area = operations['postRainOver']['responses'][200]['content']['application/json'];
        export const mean = (area: Area): number | null | undefined => area.leads[0]?.meanMmH;
        export const lon: operations['getRainAt']['parameters']['query']['lon'] = 5.1;
        export type Grid = components['schemas']['GridAnswer'];
        export const width = (grid: Grid): number => grid.width + 1;
        // @ts-expect-error there is no such field
        export const nothing = (grid: Grid) => grid.snow;
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task AClientOfTheDescriptionCompilesAndItsNumbersAreNumbers()
    {
        var modules = Path.Combine(Path.GetDirectoryName(SourceFile())!, "..", "..", "..", "jobs", "Web", "Page", "node_modules");
        await File.WriteAllTextAsync(_folder.File("openapi.json"),
            await rain.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), _cancellation), _cancellation);
        await File.WriteAllTextAsync(_folder.File("client.ts"), Program, _cancellation);

        await RunAsync("node", Path.Combine(modules, "openapi-typescript", "bin", "cli.js"), _folder.File("openapi.json"), "-o",
            _folder.File("api.ts"));
        await RunAsync("node", Path.Combine(modules, "typescript", "bin", "tsc"), "--noEmit", "--strict", "--target", "es2022",
            "--moduleResolution", "bundler", "--module", "esnext", _folder.File("client.ts"));
    }

    [Fact]
    public async Task EveryOperationHasANameOfItsOwnAndTypedContent()
    {
        using var json = JsonDocument.Parse(await rain.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), _cancellation));
        var operations = json.RootElement.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject())
            .Select(operation => operation.Value).ToList();
        var names = operations.Select(operation => operation.GetProperty("operationId").GetString()).ToList();

        Assert.Equal(names.Count, names.Distinct().Count());
        foreach (var operation in operations)
        {
            var content = operation.GetProperty("responses").GetProperty("200").GetProperty("content").EnumerateObject().ToList();
            Assert.NotEmpty(content);
            Assert.All(content, media => Assert.True(media.Value.TryGetProperty("schema", out _), operation.ToString()));
        }
        Assert.StartsWith(rain.Address, json.RootElement.GetProperty("servers")[0].GetProperty("url").GetString(),
            StringComparison.Ordinal);
        Assert.Matches(@"^\d+\.\d+", json.RootElement.GetProperty("info").GetProperty("version").GetString()!);
    }

    public void Dispose() => _folder.Dispose();

    private static string SourceFile([System.Runtime.CompilerServices.CallerFilePath] string path = "") => path;

    private async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync(_cancellation);
        var output = await process.StandardOutput.ReadToEndAsync(_cancellation);
        await process.WaitForExitAsync(_cancellation);
        Assert.True(process.ExitCode == 0, output + await error);
    }
}
