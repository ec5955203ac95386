using System.Diagnostics;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Jobs.ChildProcesses;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Jobs.Feed.Confinement;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Feed;

/// <summary>A decoder that is taken over finds no secret, no other file and no network.</summary>
[Slow("Starts processes.")]
public sealed class ConfinedDecoders : IDisposable
{
    private const string Memory = "1073741824";

    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _scratch = new();
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public void ItReadsWhatLiesInItsFolderAndNothingElse()
    {
        if (Landlock.Version == 0)
            Assert.Skip("this kernel has no Landlock");
        var outside = Sample.RadarFile(_folder, Sample.RadarFrame());
        var inside = _scratch.File("1");
        File.Copy(outside, inside);
        using var decoder = Start(Memory);

        Assert.Equal(AnswerKind.Done, Ask(decoder, inside).Answer);
        var refused = Ask(decoder, outside);
        Assert.Equal(AnswerKind.Failed, refused.Answer);
        Assert.Contains("cannot be opened", refused.Reader().ReadString(), StringComparison.Ordinal);
        // Nor the environment of the process that started it.
        Assert.Contains("cannot be opened",
            Ask(decoder, $"/proc/{Environment.ProcessId}/environ").Reader().ReadString(), StringComparison.Ordinal);

        // One that claims to be confined and is not reads it: the confinement is what refuses.
        using var free = Start(Memory, DecoderWorker.Confined);
        Assert.Equal(AnswerKind.Done, Ask(free, outside).Answer);
    }

    [Fact]
    public async Task ItHasNeitherNetworkNorTheWayToOtherProcesses()
    {
        using var decoder = Start(Memory);
        Assert.Equal(AnswerKind.Done, Messages(decoder).Read()!.Value.Answer);
        var status = await File.ReadAllLinesAsync($"/proc/{decoder.Id}/status", _cancellation);
        Assert.Contains("NoNewPrivs:\t1", status);
        // 2: a filter of system calls.
        Assert.Contains("Seccomp:\t2", status);
        Assert.All(Directory.GetDirectories($"/proc/{decoder.Id}/task"),
            thread => Assert.Contains("Seccomp:\t2", File.ReadAllLines(Path.Combine(thread, "status"))));
    }

    [Fact]
    public async Task ItsEnvironmentIsEmptyButForTheRuntime()
    {
        var names = _folder.File("names");
        var script = _folder.File("decoder.sh");
        await File.WriteAllTextAsync(script, $"""
            tr '\000' '\n' < /proc/self/environ > '{names}'
            exec '{Path.Combine(AppContext.BaseDirectory, "nowcast")}' decode-worker "$@"
            """, _cancellation);
        using var decoder = await Decoder.StartAsync(new() { Program = ["/bin/sh", script] }, _cancellation);

        var left = (await File.ReadAllLinesAsync(names, _cancellation)).Select(line => line.Split('=')[0]).ToList();
        Assert.Contains("TMPDIR", left);
        Assert.All(left, name => Assert.True(
            name is "TMPDIR" or "HDF5_PLUGIN_PRELOAD" or "LD_LIBRARY_PATH" or "PROJ_DATA" or "PROJ_LIB" or "GDAL_DATA"
                || name.StartsWith("DOTNET_", StringComparison.Ordinal)
                || name is "NOWCAST_NETCDF" or "NOWCAST_PROJ" or "NOWCAST_GDAL", name));
    }

    [Fact]
    public async Task APipeAndADeviceAreRefusedWithoutWaiting()
    {
        var pipe = _folder.File("pipe.nc");
        using (var make = Process.Start("mkfifo", pipe))
            await make.WaitForExitAsync(_cancellation);
        using var decoder = await Decoder.StartAsync(DecoderOptions.Default, _cancellation);
        foreach (var path in new[] { pipe, "/dev/zero", _folder.Path })
        {
            var error = await Assert.ThrowsAsync<RadarFileException>(() =>
                decoder.OpenAsync(path, RadarReadOptions.Default, new(TimeSpan.FromMinutes(1)), _cancellation));
            Assert.Contains("no regular file", error.Message, StringComparison.Ordinal);
        }
        Assert.True(decoder.IsAlive);
    }

    private Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "nowcast"), [DecoderProcess.Verb, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        DecoderEnvironment.Set(start.Environment, _scratch.Path, 1L << 30);
        return Process.Start(start)!;
    }

    private Message Ask(Process decoder, string path)
    {
        var messages = Messages(decoder);
        if (_greeted.Add(decoder.Id))
            messages.Read();
        messages.Write(Message.Of((byte)DecoderProtocol.Question.Open, w =>
        {
            w.Write(path);
            w.Write(path);
            w.Write("{}");
        }));
        return messages.Read()!.Value;
    }

    private static MessageStream Messages(Process decoder) =>
        new(decoder.StandardOutput.BaseStream, decoder.StandardInput.BaseStream);

    private readonly HashSet<int> _greeted = [];
}
