using System.ComponentModel;
using System.Diagnostics;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage.Cluster;
using Npgsql;

namespace ConvLstm.Nowcast.Storage.Backup;

/// <summary>
/// Runs pg_dump and pg_restore on the database of a connection string; passwords go by the environment, where no process list shows them.
/// </summary>
internal sealed class PostgresTool(string connectionString)
{
    /// <summary>The last lines say what went wrong; before them stands what was being done.</summary>
    private const int LinesOfError = 3;

    private readonly NpgsqlConnectionStringBuilder _at = new(connectionString);

    /// <exception cref="ReportedException">The program is not there, or did not do its work.</exception>
    internal async Task RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(Locate(program), arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var (name, value) in Environment())
            start.Environment[name] = value;
        using var process = Start(start, program);
        try
        {
            // Read together: a pipe that is full would stop the program.
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.StandardOutput.ReadToEndAsync(cancellation).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            if (process.ExitCode != 0)
            {
                var lines = (await errors.ConfigureAwait(false)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
                throw new ReportedException($"{program} failed: {string.Join(" ", lines.TakeLast(LinesOfError))}");
            }
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    /// <summary>https://www.postgresql.org/docs/current/libpq-envars.html</summary>
    private IEnumerable<(string Name, string? Value)> Environment() =>
    [
        ("PGHOST", _at.Host), ("PGPORT", $"{_at.Port}"), ("PGUSER", _at.Username), ("PGDATABASE", _at.Database),
        ("PGPASSWORD", _at.Password),
        ("PGSSLMODE", _at.SslMode switch { SslMode.VerifyCA => "verify-ca", SslMode.VerifyFull => "verify-full",
            var mode => $"{mode}".ToLowerInvariant() }),
        ("PGSSLROOTCERT", _at.RootCertificate), ("LC_ALL", "C.UTF-8"),
    ];

    /// <summary>Of the newest installation, as an older pg_dump refuses a newer server; else the one that the path names.</summary>
    private static string Locate(string program)
    {
        try
        {
            var found = Path.Combine(PostgresBinaries.Find(null).Folder, program);
            return File.Exists(found) ? found : program;
        }
        catch (ReportedException)
        {
            // No server on this machine: the clients alone do.
            return program;
        }
    }

    private static Process Start(ProcessStartInfo start, string program)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new ReportedException($"{program} could not be started: install postgresql-client.", e);
        }
    }
}
