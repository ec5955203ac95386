using System.Diagnostics;
using System.Runtime.Versioning;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Storage.Cluster;
using Npgsql;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Storage;

/// <summary>Real clusters, each in a folder of its own.</summary>
[SupportedOSPlatform("linux")]
public sealed class PrivateClusterTests : IAsyncLifetime
{
    private readonly CancellationToken cancellation = TestContext.Current.CancellationToken;
    private readonly ClusterOptions options = new() { Folder = TestCluster.NewFolder(), Durable = false };

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists(Path.Combine(options.Folder, "data")))
            await (await PrivateCluster.StartAsync(options, CancellationToken.None)).StopAsync(CancellationToken.None);
        Directory.Delete(options.Folder, recursive: true);
    }

    [Fact]
    public async Task WhatWasStoredIsThereAfterStopAndStart()
    {
        var frame = Some.RadarFrame(Some.LonLatGrid());
        await using (var database = await NowcastDatabase.OpenAsync(null, cancellation, options))
        {
            await database.Scans.StoreAsync(frame, "a.nc", cancellation: cancellation);
            await database.Cluster!.StopAsync(cancellation);
        }
        Assert.Null(Postmaster.Running(Path.Combine(options.Folder, "data")));

        await using var again = await NowcastDatabase.OpenAsync(null, cancellation, options);

        Assert.Equal(1, await again.Scans.CountAsync(frame.Grid.Name, cancellation));
    }

    [Fact]
    public async Task ARunningClusterIsUsedAgain()
    {
        var first = await PrivateCluster.StartAsync(options, cancellation);
        var process = Postmaster.Running(Path.Combine(options.Folder, "data"))!.ProcessId;

        var second = await PrivateCluster.StartAsync(options, cancellation);

        Assert.Equal(first.ConnectionString, second.ConnectionString);
        Assert.Equal(process, Postmaster.Running(Path.Combine(options.Folder, "data"))!.ProcessId);
    }

    [Fact]
    public async Task StartersAtTheSameTimeMakeOneClusterAndOneSchema()
    {
        var databases = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => NowcastDatabase.OpenAsync(null, cancellation, options)));

        Assert.Single(databases.Select(database => database.Cluster!.ConnectionString).Distinct());
        foreach (var database in databases)
        {
            Assert.Equal(0, await database.Scans.CountAsync(null, cancellation));
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task AfterAPowerCutItStartsAgainThoughItsProcessNumberIsInUse()
    {
        await PrivateCluster.StartAsync(options, cancellation);
        var data = Path.Combine(options.Folder, "data");
        using (var postmaster = Process.GetProcessById(Postmaster.Running(data)!.ProcessId))
        {
            postmaster.Kill();
            // As root it is not our child: waiting for its end is waiting for its number to go.
            await postmaster.WaitForExitAsync(cancellation);
        }
        var file = Path.Combine(data, "postmaster.pid");
        var lines = await File.ReadAllLinesAsync(file, cancellation);
        // Another process has got the number meanwhile: this one.
        lines[0] = Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await File.WriteAllLinesAsync(file, lines, cancellation);

        var cluster = await PrivateCluster.StartAsync(options, cancellation);

        Assert.Equal(1, await OneAsync(cluster.ConnectionString));
    }

    [Fact]
    public async Task AHalfMadeClusterIsMadeAnew()
    {
        Directory.CreateDirectory(Path.Combine(options.Folder, "data.new", "base"));

        var cluster = await PrivateCluster.StartAsync(options, cancellation);

        Assert.Equal(1, await OneAsync(cluster.ConnectionString));
    }

    [Fact]
    public async Task ItRunsAsAnOrdinaryUserInUtcAndUtf8WithoutTcp()
    {
        var cluster = await PrivateCluster.StartAsync(options, cancellation);
        await using var source = NpgsqlDataSource.Create(cluster.ConnectionString);
        await using var command = source.CreateCommand(
            "SELECT current_setting('timezone') || ' ' || current_setting('server_encoding') || ' [' || current_setting('listen_addresses') || ']'");

        Assert.Equal("UTC UTF8 []", await command.ExecuteScalarAsync(cancellation));
        var process = Postmaster.Running(Path.Combine(options.Folder, "data"))!.ProcessId;
        var user = (await File.ReadAllLinesAsync($"/proc/{process}/status", cancellation)).Single(line => line.StartsWith("Uid:", StringComparison.Ordinal));
        Assert.NotEqual("0", user.Split('\t')[1]);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(cluster.SocketFolder));
    }

    [Fact]
    public async Task AnotherUserOfTheMachineIsNotLetIn()
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Skip("only root can try it as another user");
        var cluster = await PrivateCluster.StartAsync(options, cancellation);
        // Even with the folder open, the kernel says who it is.
        File.SetUnixFileMode(cluster.SocketFolder, (UnixFileMode)0b111_111_111);
        File.SetUnixFileMode(Path.Combine(cluster.SocketFolder, ".s.PGSQL.5432"), (UnixFileMode)0b111_111_111);

        var asked = await OsCommand.RunAsync(
            "setpriv", ["--reuid", "nobody", "--clear-groups", "psql", "-h", cluster.SocketFolder, "-U", "nowcast", "-d", "nowcast", "-c", "SELECT 1"], cancellation);

        Assert.NotEqual(0, asked.ExitCode);
        Assert.Contains("Peer authentication failed", asked.Output);
    }

    [Fact]
    public async Task OverLoopbackOnlyAPasswordLetsIn()
    {
        var cluster = await PrivateCluster.StartAsync(options with { LoopbackPort = 0 }, cancellation);
        await using (var owner = NpgsqlDataSource.Create(cluster.ConnectionString))
        {
            await using var command = owner.CreateCommand("CREATE ROLE guest LOGIN PASSWORD 'mouse'");
            await command.ExecuteNonQueryAsync(cancellation);
        }
        var loopback = $"Host=127.0.0.1;Port={cluster.Port};Database=nowcast;Pooling=false;Username=";

        Assert.Equal(1, await OneAsync(loopback + "guest;Password=mouse"));
        await Assert.ThrowsAsync<PostgresException>(() => OneAsync(loopback + "guest;Password=cat"));
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => OneAsync(loopback + "nowcast"));
    }

    [Fact]
    public async Task AFolderTooDeepForASocketWorksAllTheSame()
    {
        var deep = options with { Folder = Path.Combine(options.Folder, string.Join('/', Enumerable.Repeat("a-rather-long-name", 6))) };
        var cluster = await PrivateCluster.StartAsync(deep, cancellation);
        Assert.Equal(1, await OneAsync(cluster.ConnectionString));
        await cluster.StopAsync(cancellation);

        var again = await PrivateCluster.StartAsync(deep, cancellation);
        Assert.Equal(cluster.SocketFolder, again.SocketFolder);
        await again.StopAsync(cancellation);
        Directory.Delete(again.SocketFolder, recursive: true);
    }

    [Fact]
    public async Task AServerThatStoppedIsReportedInOneLineThatNamesTheSetting()
    {
        var cluster = await PrivateCluster.StartAsync(options, cancellation);
        await cluster.StopAsync(cancellation);

        var error = await Assert.ThrowsAsync<ReportedException>(() => NowcastDatabase.OpenAsync(cluster.ConnectionString, cancellation));

        Assert.Contains("NOWCAST_DB", error.Message);
        Assert.Contains(cluster.SocketFolder, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    private static async Task<int> OneAsync(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand("SELECT 1");
        return (int)(await command.ExecuteScalarAsync())!;
    }
}
