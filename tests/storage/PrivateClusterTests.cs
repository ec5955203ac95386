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
[Slow("Starts servers.")]
public sealed class PrivateClusterTests : IAsyncLifetime
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;
    private readonly ClusterOptions _options = new() { Folder = TestCluster.NewFolder(), Durable = false };

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists(Path.Combine(_options.Folder, "data")))
            await (await PrivateCluster.StartAsync(_options, CancellationToken.None)).StopAsync(CancellationToken.None);
        Directory.Delete(_options.Folder, recursive: true);
    }

    [Fact]
    public async Task WhatWasStoredIsThereAfterStopAndStart()
    {
        var frame = Sample.RadarFrame(Sample.LonLatGrid());
        await using (var database = await NowcastDatabase.OpenAsync(null, _cancellation, _options))
        {
            await database.Scans.StoreAsync(frame, "a.nc", cancellation: _cancellation);
            await database.Cluster!.StopAsync(_cancellation);
        }
        Assert.Null(Postmaster.Running(Path.Combine(_options.Folder, "data")));

        await using var again = await NowcastDatabase.OpenAsync(null, _cancellation, _options);

        Assert.Equal(1, await again.Scans.CountAsync(frame.Grid.Name, _cancellation));
    }

    [Fact]
    public async Task ARunningClusterIsUsedAgain()
    {
        var first = await PrivateCluster.StartAsync(_options, _cancellation);
        var process = Postmaster.Running(Path.Combine(_options.Folder, "data"))!.ProcessId;

        var second = await PrivateCluster.StartAsync(_options, _cancellation);

        Assert.Equal(first.ConnectionString, second.ConnectionString);
        Assert.Equal(process, Postmaster.Running(Path.Combine(_options.Folder, "data"))!.ProcessId);
    }

    [Fact]
    public async Task StartersAtTheSameTimeMakeOneClusterAndOneSchema()
    {
        var databases = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => NowcastDatabase.OpenAsync(null, _cancellation, _options)));

        Assert.Single(databases.Select(database => database.Cluster!.ConnectionString).Distinct());
        foreach (var database in databases)
        {
            Assert.Equal(0, await database.Scans.CountAsync(null, _cancellation));
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task AfterAPowerCutItStartsAgainThoughItsProcessNumberIsInUse()
    {
        await PrivateCluster.StartAsync(_options, _cancellation);
        var data = Path.Combine(_options.Folder, "data");
        using (var postmaster = Process.GetProcessById(Postmaster.Running(data)!.ProcessId))
        {
            postmaster.Kill();
            // As root it is not our child: waiting for its end is waiting for its number to go.
            await postmaster.WaitForExitAsync(_cancellation);
        }
        var file = Path.Combine(data, "postmaster.pid");
        var lines = await File.ReadAllLinesAsync(file, _cancellation);
        // Another process has got the number meanwhile: this one.
        lines[0] = Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await File.WriteAllLinesAsync(file, lines, _cancellation);

        var cluster = await PrivateCluster.StartAsync(_options, _cancellation);

        Assert.Equal(1, await OneAsync(cluster.ConnectionString));
    }

    [Fact]
    public async Task AHalfMadeClusterIsMadeAnew()
    {
        Directory.CreateDirectory(Path.Combine(_options.Folder, "data.new", "base"));

        var cluster = await PrivateCluster.StartAsync(_options, _cancellation);

        Assert.Equal(1, await OneAsync(cluster.ConnectionString));
    }

    [Fact]
    public async Task ItRunsAsAnOrdinaryUserInUtcAndUtf8WithoutTcp()
    {
        var cluster = await PrivateCluster.StartAsync(_options, _cancellation);
        await using var source = NpgsqlDataSource.Create(cluster.ConnectionString);
        await using var command = source.CreateCommand(
            "SELECT current_setting('timezone') || ' ' || current_setting('server_encoding') || ' [' || "
                + "current_setting('listen_addresses') || ']'");

        Assert.Equal("UTC UTF8 []", await command.ExecuteScalarAsync(_cancellation));
        var process = Postmaster.Running(Path.Combine(_options.Folder, "data"))!.ProcessId;
        var user = (await File.ReadAllLinesAsync($"/proc/{process}/status", _cancellation))
            .Single(line => line.StartsWith("Uid:", StringComparison.Ordinal));
        Assert.NotEqual("0", user.Split('\t')[1]);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(cluster.SocketFolder));
    }

    [Fact]
    public async Task AnotherUserOfTheMachineIsNotLetIn()
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Skip("only root can try it as another user");
        var cluster = await PrivateCluster.StartAsync(_options, _cancellation);
        // Even with the folder open, the kernel says who it is.
        File.SetUnixFileMode(cluster.SocketFolder, (UnixFileMode)0b111_111_111);
        File.SetUnixFileMode(Path.Combine(cluster.SocketFolder, ".s.PGSQL.5432"), (UnixFileMode)0b111_111_111);

        var asked = await OsCommand.RunAsync(
            "setpriv", ["--reuid", "nobody", "--clear-groups", "psql", "-h", cluster.SocketFolder, "-U", "nowcast", "-d", "nowcast", "-c",
                "SELECT 1"], _cancellation);

        Assert.NotEqual(0, asked.ExitCode);
        Assert.Contains("Peer authentication failed", asked.Output);
    }

    [Fact]
    public async Task OverLoopbackOnlyAPasswordLetsIn()
    {
        var cluster = await PrivateCluster.StartAsync(_options with { LoopbackPort = 0 }, _cancellation);
        await using (var owner = NpgsqlDataSource.Create(cluster.ConnectionString))
        {
            await using var command = owner.CreateCommand("CREATE ROLE guest LOGIN PASSWORD 'mouse'");
            await command.ExecuteNonQueryAsync(_cancellation);
        }
        var loopback = $"Host=127.0.0.1;Port={cluster.Port};Database=nowcast;Pooling=false;Username=";

        Assert.Equal(1, await OneAsync(loopback + "guest;Password=mouse"));
        await Assert.ThrowsAsync<PostgresException>(() => OneAsync(loopback + "guest;Password=cat"));
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => OneAsync(loopback + "nowcast"));
    }

    [Fact]
    public async Task AFolderTooDeepForASocketWorksAllTheSame()
    {
        var deep = _options with { Folder = Path.Combine(_options.Folder, string.Join('/', Enumerable.Repeat("a-rather-long-name", 6))) };
        var cluster = await PrivateCluster.StartAsync(deep, _cancellation);
        Assert.Equal(1, await OneAsync(cluster.ConnectionString));
        await cluster.StopAsync(_cancellation);

        var again = await PrivateCluster.StartAsync(deep, _cancellation);
        Assert.Equal(cluster.SocketFolder, again.SocketFolder);
        await again.StopAsync(_cancellation);
        Directory.Delete(again.SocketFolder, recursive: true);
    }

    [Fact]
    public async Task AServerThatStoppedIsReportedInOneLineThatNamesTheSetting()
    {
        var cluster = await PrivateCluster.StartAsync(_options, _cancellation);
        await cluster.StopAsync(_cancellation);

        var error = await Assert.ThrowsAsync<ReportedException>(() => NowcastDatabase.OpenAsync(cluster.ConnectionString, _cancellation));

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
