using ConvLstm.Nowcast.Ingest;
using Npgsql;

namespace ConvLstm.Nowcast.Storage;

/// <summary>Reads NOWCAST_DB: Npgsql's keywords or the address that libpq and most hosts give out.</summary>
internal static class ConnectionSettings
{
    /// <summary>Bytes, of each connection.</summary>
    private const int WriteBuffer = 128 * 1024;

    /// <summary>The connection string with the program's own defaults where it leaves something open.</summary>
    /// <exception cref="ReportedException">It is neither form.</exception>
    public static string Parse(string text)
    {
        try
        {
            var isAddress = text.StartsWith("postgres://", StringComparison.Ordinal)
                || text.StartsWith("postgresql://", StringComparison.Ordinal);
            var settings = isAddress ? FromAddress(new Uri(text)) : new NpgsqlConnectionStringBuilder(text);
            if (string.IsNullOrEmpty(settings.Host))
                throw new ReportedException("NOWCAST_DB names no host. Example: Host=db;Username=nowcast;Database=nowcast");
            settings.ApplicationName ??= "nowcast";
            // Several programs share a server, whose connections are few and cost memory each: wait for one rather than take all.
            if (!settings.ShouldSerialize("Maximum Pool Size"))
                settings.MaxPoolSize = 20;
            // A burst of work opens some, which others may want soon after.
            if (!settings.ShouldSerialize("Connection Idle Lifetime"))
                (settings.ConnectionIdleLifetime, settings.ConnectionPruningInterval) = (20, 5);
            // Nothing here leaves a mark on its session; DISCARD ALL between two questions would throw away the plans of
            // the functions, which take longer to make than the answers. Who listens takes a connection of its own.
            if (!settings.ShouldSerialize("No Reset On Close"))
                settings.NoResetOnClose = true;
            // A run is tens of megabytes: Npgsql's 8 kB would be a system call and a message for each quarter of a tile.
            if (!settings.ShouldSerialize("Write Buffer Size"))
                settings.WriteBufferSize = WriteBuffer;
            return settings.ConnectionString;
        }
        catch (Exception wrong) when (wrong is ArgumentException or UriFormatException or FormatException)
        {
            throw new ReportedException(
                $"NOWCAST_DB is no connection string: {wrong.Message} Example: Host=db;Username=nowcast;Database=nowcast, or "
                    + "postgresql://nowcast@db/nowcast", wrong);
        }
    }

    /// <summary>https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS, one host.</summary>
    private static NpgsqlConnectionStringBuilder FromAddress(Uri address)
    {
        var settings = new NpgsqlConnectionStringBuilder { Host = Uri.UnescapeDataString(address.Host) };
        if (address.Port > 0)
            settings.Port = address.Port;
        var user = address.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
            settings.Username = Uri.UnescapeDataString(user[0]);
        if (user.Length > 1)
            settings.Password = Uri.UnescapeDataString(user[1]);
        if (address.AbsolutePath.Length > 1)
            settings.Database = Uri.UnescapeDataString(address.AbsolutePath[1..]);
        foreach (var pair in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = pair.Split('=', 2) is [var name, var text] ? (name, Uri.UnescapeDataString(text)) : (pair, "");
            settings[key switch
            {
                "sslmode" => "SSL Mode",
                "connect_timeout" => "Timeout",
                "application_name" => "Application Name",
                "host" => "Host",
                _ => key
            }] =
                key == "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }
        return settings;
    }
}
