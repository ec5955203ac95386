using Npgsql;

namespace ConvLstm.Nowcast.Storage.Backup;

/// <summary>The tables that hold the pixels of one UTC day.</summary>
/// <param name="Day">The day.</param>
/// <param name="Tables">Their names in the schema nowcast.</param>
/// <param name="Content">Changes where a row is added, changed or removed.</param>
internal sealed record DayPartitions(DateOnly Day, IReadOnlyList<string> Tables, string Content)
{
    private const string Leaves =
        """
        SELECT c.relname, to_date(right(c.relname, 8), 'YYYYMMDD')
        FROM unnest(ARRAY['nowcast.scan_tile', 'nowcast.forecast_tile', 'nowcast.forecast_strip']::regclass[]) AS root
        CROSS JOIN LATERAL pg_partition_tree(root) AS t
        JOIN pg_class AS c ON c.oid = t.relid
        WHERE c.relkind = 'r'
        ORDER BY 2, 1
        """;

    /// <summary>Every day that the transaction sees, the oldest first.</summary>
    internal static async Task<IReadOnlyList<DayPartitions>> ListAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var tables = new List<(string Name, DateOnly Day)>();
        await using (var command = new NpgsqlCommand(Leaves, connection))
        await using (var rows = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false))
        {
            while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
                tables.Add((rows.GetString(0), rows.GetFieldValue<DateOnly>(1)));
        }
        var days = new List<DayPartitions>();
        foreach (var day in tables.GroupBy(t => t.Day))
        {
            var content = new List<string>();
            foreach (var (name, _) in day)
                content.Add($"{name} {await ContentAsync(connection, name, cancellation).ConfigureAwait(false)}");
            days.Add(new(day.Key, [.. day.Select(t => t.Name)], string.Join('\n', content)));
        }
        return days;
    }

    /// <summary>The rows by the transactions that wrote them: pixels lie beside the table and are not read for it.</summary>
    private static async Task<string> ContentAsync(NpgsqlConnection connection, string table, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"SELECT count(*) || ' ' || coalesce(sum(hashint8(xmin::text::bigint)), 0) FROM nowcast.\"{table}\"",
                connection)
        { CommandTimeout = 0 };
        return (string)(await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!;
    }
}
