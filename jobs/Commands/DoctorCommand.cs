using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Gdal;
using ConvLstm.Nowcast.Ingest.NetCdf;
using ConvLstm.Nowcast.Jobs.Feed.Confinement;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary><c>nowcast doctor</c>: looks at what the pipeline stands on, one line each.</summary>
internal static class DoctorCommand
{
    internal static Command Create(Terminal terminal)
    {
        var command = new Command("doctor", "Check this machine: libraries, GPU, database, settings.");
        var json = JsonOutput.Flag();
        command.Add(json);
        command.SetAction((parsed, cancellation) => RunAsync(terminal, parsed.GetValue(json), cancellation));
        return command;
    }

    private sealed record Check(string What, bool Ok, string Found);

    private static async Task<int> RunAsync(Terminal terminal, bool json, CancellationToken cancellation)
    {
        var sound = true;
        var checks = new List<Check>();
        await CheckAsync("runtime", () =>
            Task.FromResult($".NET {Environment.Version}, {RuntimeInformation.RuntimeIdentifier}, {Environment.ProcessorCount} cores"));
        await CheckAsync("libtorch",
            () => Task.FromResult($"{__version__}, {get_num_threads()} threads, {(cuda.is_available() ? "CUDA" : "no GPU")}"));
        await CheckAsync("matrix product", () => Task.FromResult(MatrixProduct()));
        await CheckAsync("libnetcdf", () => Task.FromResult(NetCdfFile.LibraryVersion));
        await CheckAsync("libgdal", () => Task.FromResult(GdalLibrary.Version));
        await CheckAsync("decoders", () => Task.FromResult(ConfinedProcess.Describe()));
        await CheckAsync("settings", () => Task.FromResult(Describe(NowcastSettings.Load())));
        await CheckAsync("database", () => DescribeDatabaseAsync(cancellation));
        if (json)
            JsonOutput.Write(terminal, checks);
        return sound ? CommandLine.Done : CommandLine.Failed;

        void Tell(Check check)
        {
            checks.Add(check);
            if (!json)
                terminal.Line($"{(check.Ok ? "ok   " : "WRONG")}   {check.What,-15} {check.Found}");
        }

        async Task CheckAsync(string what, Func<Task<string>> look)
        {
            try
            {
                Tell(new(what, true, await look()));
            }
            catch (SettingsException e)
            {
                // Told once, whatever else needs them.
                foreach (var problem in e.Problems.Where(problem => checks.All(check => check.Found != problem)))
                    Tell(new(what, false, problem));
                sound = false;
            }
            catch (Exception e) when (e is ReportedException or ExternalException or TypeInitializationException or DllNotFoundException)
            {
                // The point of the command is to go on and show everything that is wrong.
                Tell(new(what, false, (e is TypeInitializationException ? e.InnerException ?? e : e).Message));
                sound = false;
            }
        }
    }

    private static string MatrixProduct()
    {
        const int Side = 768;
        const double Slow = 5;
        using var scope = NewDisposeScope();
        var a = rand([Side, Side]);
        a.matmul(a);
        var watch = Stopwatch.StartNew();
        a.matmul(a);
        var speed = 2.0 * Side * Side * Side / watch.Elapsed.TotalSeconds / 1e9;
        return speed > Slow
            ? FormattableString.Invariant($"{speed:0} GFLOP/s")
            : throw new ReportedException(
                string.Create(CultureInfo.InvariantCulture,
                $"only {speed:0.0} GFLOP/s: give the program whole cores (OMP_NUM_THREADS, limits of a container), or wait until the "
                + $"machine is less busy."));
    }

    private static string Describe(NowcastSettings settings) =>
        $"feed {settings.Feed ?? "none"}, model {settings.Model ?? "the promoted one"}, {settings.LeadMinutes} min ahead, {settings.Urls}";

    private static async Task<string> DescribeDatabaseAsync(CancellationToken cancellation)
    {
        await using var database = await NowcastDatabase.OpenAsync(NowcastSettings.Load().Db, cancellation);
        await using var versions = database.DataSource.CreateCommand("SELECT current_setting('server_version'), postgis_lib_version()");
        await using var row = await versions.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        return $"PostgreSQL {row.GetString(0)}, PostGIS {row.GetString(1)}; {DbCommand.Describe(database)}";
    }
}
