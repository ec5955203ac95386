using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

/// <summary>Files of strangers cost a command what one file may cost, and no more; whoever stops it is heard.</summary>
public sealed class UntrustedFiles(Archive archive) : IClassFixture<Archive>, IDisposable
{
    private const long MostBytes = 700 << 20;

    /// <summary>Files that are read one after the other.</summary>
    private const int Files = 100;

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("inspect")]
    [InlineData("forecast --method extrapolation --out f.nc --data")]
    [InlineData("plot --out p.png")]
    public async Task AFileThatDeclaresMoreThanItHoldsIsRefusedAndTakesNoMemory(string verb)
    {
        // 8 kB of 11900 × 11900 pixels that were never written.
        var bytes = await File.ReadAllBytesAsync(FieldCases.Path("hostile", "big_b_119000.h5"), _cancellation);
        foreach (var minute in new[] { "00", "05", "10" })
            await File.WriteAllBytesAsync(_folder.File($"{minute}.h5"), At(bytes, $"12{minute}00"), _cancellation);
        string[] files = verb[0] == 'f' ? [_folder.File("00.h5"), _folder.File("05.h5"), _folder.File("10.h5")] : [_folder.File("00.h5")];
        using var process = Cli.In(_folder).With("NOWCAST_DECODER__MEMORYMB", "512").Start([.. verb.Split(' '), .. files]);

        var end = Cli.EndOfAsync(process);
        var most = 0L;
        while (!end.IsCompleted)
        {
            most = Math.Max(most, Memory(process.Id));
            await Task.Delay(5, _cancellation);
        }
        var outcome = await end;

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("reading it ended the decoder", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("NOWCAST_DECODER__MEMORYMB", outcome.Error, StringComparison.Ordinal);
        Assert.True(most is > 0 and < MostBytes, $"{most >> 20} MiB");
    }

    [Theory]
    [InlineData("inspect")]
    [InlineData("forecast --method extrapolation --out f.nc --data")]
    [InlineData("train --out m.safetensors --hidden 4 --crop 32 --data")]
    public async Task WhoStopsACommandIsHeardWhileAFileHangsTheLibrary(string verb)
    {
        using var process = Cli.In(_folder).With("NOWCAST_DECODER__SECONDS", "3600").Start([.. verb.Split(' '), Copies()]);
        await HangAsync(process);

        await SignalAsync(process.Id, "TERM");
        var outcome = await Cli.EndOfAsync(process);

        Assert.Equal((1, "nowcast: stopped before the end.\n"), (outcome.ExitCode, outcome.Error));
        Assert.False(File.Exists(_folder.File("f.nc")) || File.Exists(_folder.File("m.safetensors")));
    }

    [Fact]
    public async Task AFileThatTakesTooLongCostsOnlyItself()
    {
        using var process = Cli.In(_folder).With("NOWCAST_DECODER__SECONDS", "5").Start("inspect", Copies());
        await HangAsync(process);

        var outcome = await Cli.EndOfAsync(process);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("reading it took over 5 seconds", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(Files - 1, outcome.Out.Split('\n').Count(line => line.StartsWith("  format", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task TheProgramThatInspectsLoadsNoneOfTheLibrariesThatRead()
    {
        await Cli.In(_folder).With("LD_DEBUG", "files").With("LD_DEBUG_OUTPUT", _folder.File("loaded"))
            .DoAsync("inspect", archive.FileOf(0));

        var loaded = string.Concat(Directory.GetFiles(_folder.Path, "loaded.*").Select(File.ReadAllText));
        Assert.Contains("libclrjit.so", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("libnetcdf", loaded, StringComparison.Ordinal);
    }

    /// <summary>The archive again and again: its decoder is at work long enough to be met there.</summary>
    private string Copies()
    {
        var folder = Directory.CreateDirectory(_folder.File("copies")).FullName;
        for (var file = 0; file < Files; file++)
            File.Copy(archive.FileOf(file % archive.Frames.Count), Path.Combine(folder, $"{file:000}.nc"));
        return folder;
    }

    /// <summary>Stops the decoder when it has begun to read.</summary>
    private async Task HangAsync(Process process)
    {
        while (!process.HasExited)
        {
            foreach (var child in ChildProcesses.Of(process.Id))
            {
                if (!ChildProcesses.Text($"/proc/{child}/maps").Contains("libnetcdf", StringComparison.Ordinal))
                    continue;
                await SignalAsync(child, "STOP");
                return;
            }
            await Task.Delay(1, _cancellation);
        }
        Assert.Fail("the command ended without a decoder: " + (await Cli.EndOfAsync(process)).Error);
    }

    private static long Memory(int process)
    {
        var line = ChildProcesses.Text($"/proc/{process}/status").Split('\n')
            .FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return line is null
            ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) << 10;
    }

    private static byte[] At(byte[] file, string time)
    {
        var copy = file.ToArray();
        var from = "119000"u8;
        for (var at = copy.AsSpan().IndexOf(from); at >= 0; at = copy.AsSpan().IndexOf(from))
            System.Text.Encoding.ASCII.GetBytes(time).CopyTo(copy, at);
        return copy;
    }

    private async Task SignalAsync(int process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process}"]);
        await kill.WaitForExitAsync(_cancellation);
    }
}
