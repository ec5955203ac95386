using System.Net.Sockets;
using ConvLstm.Nowcast.Ingest;
using Npgsql;

namespace ConvLstm.Nowcast.Storage;

/// <summary>What went wrong with the database, in one line for a person.</summary>
public static class DatabaseErrors
{
    /// <summary>Opens a connection.</summary>
    /// <exception cref="ReportedException">The server cannot be reached or lets nobody in.</exception>
    internal static async Task<NpgsqlConnection> ConnectAsync(this NpgsqlDataSource database, CancellationToken cancellation)
    {
        try
        {
            return await database.OpenConnectionAsync(cancellation).ConfigureAwait(false);
        }
        catch (NpgsqlException failure)
        {
            throw Explain(failure, database.ConnectionString);
        }
    }

    /// <summary>
    /// The same error with a message that names the server and says what to do; for a command's last line of defence, as a
    /// server may stop in the middle of the work.
    /// </summary>
    /// <param name="failure">What Npgsql threw.</param>
    /// <param name="connectionString">Where it was asked; host, port, user and database are named, the password is not.</param>
    public static ReportedException Explain(NpgsqlException failure, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(failure);
        var at = new NpgsqlConnectionStringBuilder(connectionString);
        var server = at.Host is { } host && host.StartsWith('/') ? $"socket {host}" : $"{at.Host}:{at.Port}";
        const string setting = "check NOWCAST_DB, or unset it to use the private database.";
        var message = failure switch
        {
            PostgresException
            {
                SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification,
            } refused =>
                $"The database at {server} does not let user {at.Username} in: {refused.MessageText}; {setting}",
            PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } =>
                $"The server at {server} has no database {at.Database}. Create it, or {setting}",
            PostgresException
            {
                SqlState: PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown,
            } busy =>
                $"The database at {server} is stopping or starting: {busy.MessageText}. Try again in a moment.",
            PostgresException { SqlState: PostgresErrorCodes.DiskFull } full =>
                $"The disk of the database at {server} is full: {full.MessageText}. Free some space, or drop old days.",
            PostgresException refused => $"The database at {server} refuses: {refused.MessageText} ({refused.SqlState}).",
            { InnerException: SocketException or IOException or TimeoutException or null } =>
                $"The database at {server} cannot be reached ({Reason(failure)}). Start it, or {setting}",
            _ => $"The database at {server} failed: {failure.Message}",
        };
        return new ReportedException(message, failure);
    }

    private static string Reason(NpgsqlException failure) => (failure.InnerException ?? failure).Message.TrimEnd('.');
}
