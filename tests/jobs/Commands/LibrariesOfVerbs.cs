using ConvLstm.Nowcast.Tests.Storage;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

/// <summary>libtorch is half a gigabyte: only what computes with it loads it.</summary>
public sealed class LibrariesOfVerbs(TestDatabase test) : IClassFixture<TestDatabase>
{
    private const string Libtorch = "libtorch_cpu.so";

    [Theory]
    [InlineData("--help")]
    [InlineData("--version")]
    [InlineData("train --help")]
    [InlineData("simulate --out rain --size 32 --frames 2")]
    [InlineData("db status")]
    public async Task AVerbThatNeedsNoTensorsLoadsNone(string arguments)
    {
        using var folder = new TemporaryFolder();

        await Traced(folder).DoAsync(arguments.Split(' '));

        Assert.DoesNotContain(Libtorch, Loaded(folder), StringComparison.Ordinal);
    }

    [Fact]
    public async Task InspectingNeedsNone()
    {
        using var folder = new TemporaryFolder();
        await Cli.In(folder).DoAsync("simulate", "--out", "rain", "--size", "32", "--frames", "2");

        await Traced(folder).DoAsync("inspect", "rain");

        Assert.DoesNotContain(Libtorch, Loaded(folder), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AServerThatOnlyShowsNeedsNone()
    {
        using var folder = new TemporaryFolder();
        using var server = Cli.In(folder, test.ConnectionString).Start("serve", "--roles", "web", "--urls", "http://127.0.0.1:0");
        while (await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line
            && !line.Contains("http://127.0.0.1:", StringComparison.Ordinal))
        {
            // It says its address when it answers.
        }

        var maps = await File.ReadAllTextAsync($"/proc/{server.Id}/maps", TestContext.Current.CancellationToken);
        server.Kill();
        await Cli.EndOfAsync(server);

        Assert.Contains("libclrjit.so", maps, StringComparison.Ordinal);
        Assert.DoesNotContain(Libtorch, maps, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AVerbThatComputesLoadsThem()
    {
        using var folder = new TemporaryFolder();

        await Traced(folder).RunAsync("doctor");

        Assert.Contains(Libtorch, Loaded(folder), StringComparison.Ordinal);
    }

    /// <summary>The loader writes what it loads: https://man7.org/linux/man-pages/man8/ld.so.8.html.</summary>
    private Cli Traced(TemporaryFolder folder) =>
        Cli.In(folder, test.ConnectionString).With("LD_DEBUG", "files").With("LD_DEBUG_OUTPUT", folder.File("loaded"));

    private static string Loaded(TemporaryFolder folder)
    {
        var files = Directory.GetFiles(folder.Path, "loaded.*");
        Assert.NotEmpty(files);
        return string.Concat(files.Select(File.ReadAllText));
    }
}
