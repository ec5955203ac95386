using System.Collections.Concurrent;
using ConvLstm.Nowcast.Ingest;
using Npgsql;

namespace ConvLstm.Nowcast.Storage.Grids;

/// <summary>The grids of the database.</summary>
public sealed class GridStore(NpgsqlDataSource database)
{
    /// <summary>Rows and columns of a tile: 36 kB with four probabilities, a few pages of disk, and little waste at the edge.</summary>
    public const int DefaultTileSize = 64;

    private const string Select =
        "SELECT grid_id, name, width, height, proj, pixel_x, pixel_y, origin_x, origin_y, srid, tile_size, view_name FROM nowcast.grid ";

    private readonly ConcurrentDictionary<string, StoredGrid> _known = new();
    private readonly ConcurrentDictionary<(int Grid, DateOnly Day), bool> _days = new();

    /// <summary>All grids, by name.</summary>
    public async Task<IReadOnlyList<StoredGrid>> ListAsync(CancellationToken cancellation)
    {
        await using var connection = await database.ConnectAsync(cancellation).ConfigureAwait(false);
        return await ReadAsync(new NpgsqlCommand(Select + "ORDER BY name", connection), cancellation).ConfigureAwait(false);
    }

    /// <summary>The grid of a name, or null.</summary>
    public async Task<StoredGrid?> FindAsync(string name, CancellationToken cancellation)
    {
        if (_known.TryGetValue(name, out var grid))
            return grid;
        await using var connection = await database.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var query = new NpgsqlCommand(Select + "WHERE name = $1", connection) { Parameters = { new() { Value = name } } };
        return (await ReadAsync(query, cancellation).ConfigureAwait(false)).SingleOrDefault() is { } found
            ? _known.GetOrAdd(name, found)
            : null;
    }

    /// <summary>The grid of a name.</summary>
    /// <exception cref="ReportedException">There is none; the message names those that there are.</exception>
    public async Task<StoredGrid> GetAsync(string name, CancellationToken cancellation)
    {
        if (await FindAsync(name, cancellation).ConfigureAwait(false) is { } found)
            return found;
        var names = string.Join(", ", (await ListAsync(cancellation).ConfigureAwait(false)).Select(grid => grid.Grid.Name));
        throw new ReportedException(
            $"The database has no grid {name}; it has {(names.Length == 0 ? "none yet: ingest some scans first" : names)}.");
    }

    /// <summary>
    /// The grid as the database has it: under its own name, or that of another that covers the same and differs by what services round.
    /// Itself where it is new.
    /// </summary>
    /// <param name="grid">Of a file.</param>
    /// <param name="isNamed">True where its name was given, and stands for a series of its own.</param>
    /// <param name="cancellation">Stops the question.</param>
    /// <exception cref="AmbiguousGridException">Several series lie there, and nothing says which it belongs to.</exception>
    public async Task<RadarGrid> AdoptAsync(RadarGrid grid, bool isNamed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(grid);
        if (await FindAsync(grid.Name, cancellation).ConfigureAwait(false) is { } named)
            return named.Grid.CoversTheSame(grid) ? named.Grid : grid;
        if (isNamed)
            return grid;
        var same = (await ListAsync(cancellation).ConfigureAwait(false)).Select(g => g.Grid).Where(g => g.CoversTheSame(grid)).ToList();
        return same.Count switch
        {
            0 => grid,
            1 => same[0],
            _ => throw new AmbiguousGridException(
                $"several series lie on its grid ({string.Join(", ", same.Select(g => g.Name))}): say which it is with --grid or in a "
                    + "source profile."),
        };
    }

    /// <summary>The grid of that name; made with its partitions and views where the name is new.</summary>
    /// <exception cref="ReportedException">The name stands for another grid.</exception>
    public async Task<StoredGrid> EnsureAsync(RadarGrid grid, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(grid);
        var stored = await FindAsync(grid.Name, cancellation).ConfigureAwait(false);
        if (stored is null)
        {
            await DefineAsync(grid, cancellation).ConfigureAwait(false);
            stored = await GetAsync(grid.Name, cancellation).ConfigureAwait(false);
        }
        if (!stored.Grid.CoversTheSame(grid))
        {
            throw new ReportedException(
                $"Grid {grid.Name} is another one in the database: {Describe(stored.Grid)} there, {Describe(grid)} here. Give this one "
                    + "another name.");
        }
        return stored;
    }

    /// <summary>Makes the partitions from one day to another, ahead of the first scan or run of the day.</summary>
    public async Task EnsureDaysAsync(StoredGrid grid, DateTimeOffset first, DateTimeOffset last, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(grid);
        var from = DateOnly.FromDateTime(first.UtcDateTime);
        var to = DateOnly.FromDateTime(last.UtcDateTime);
        var wanted = Enumerable.Range(0, to.DayNumber - from.DayNumber + 1).Select(from.AddDays).ToList();
        if (wanted.All(day => _days.ContainsKey((grid.Id, day))))
            return;
        await using var connection = await database.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var command = new NpgsqlCommand("SELECT nowcast.ensure_days($1, $2, $3)", connection)
        {
            Parameters = { new() { Value = grid.Id }, new() { Value = first }, new() { Value = last } },
        };
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        wanted.ForEach(day => _days[(grid.Id, day)] = true);
    }

    /// <summary>
    /// Makes the partitions from today to some days after it for every grid that has had a scan of late; returns how many were
    /// missing.
    /// </summary>
    /// <param name="now">UTC.</param>
    /// <param name="daysAhead">Days after today.</param>
    /// <param name="cancellation">Stops the work between two grids.</param>
    public async Task<int> EnsureDaysAheadAsync(DateTimeOffset now, int daysAhead, CancellationToken cancellation)
    {
        await using var connection = await database.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var command = new NpgsqlCommand("SELECT nowcast.ensure_days_ahead($1, $2)", connection)
        {
            Parameters = { new() { Value = now }, new() { Value = daysAhead } },
        };
        return (int)(await command.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!;
    }

    /// <summary>After days were dropped: what is known of them no longer holds.</summary>
    internal void ForgetDays() => _days.Clear();

    private async Task DefineAsync(RadarGrid grid, CancellationToken cancellation)
    {
        var reference = SpatialReference.Of(grid);
        await using var connection = await database.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var command = new NpgsqlCommand(
            "SELECT nowcast.define_grid($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)", connection);
        foreach (var value in new object[]
        {
            grid.Name, grid.Proj, reference.Wkt, grid.IsGeographic, reference.IsWgs84, grid.Width, grid.Height,
            grid.PixelX, grid.PixelY, grid.OriginX, grid.OriginY, DefaultTileSize,
        })
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        try
        {
            await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.CheckViolation)
        {
            throw new ReportedException(
                $"Grid {grid.Name} ({Describe(grid)}) cannot be stored: {refused.MessageText}. A name is up to 40 letters, digits, '-' and "
                    + "'_'.", refused);
        }
    }

    private static async Task<List<StoredGrid>> ReadAsync(NpgsqlCommand query, CancellationToken cancellation)
    {
        await using var command = query;
        await using var rows = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
        var grids = new List<StoredGrid>();
        while (await rows.ReadAsync(cancellation).ConfigureAwait(false))
        {
            var grid = new RadarGrid(
                rows.GetString(1), rows.GetInt32(2), rows.GetInt32(3), rows.GetString(4),
                rows.GetDouble(5), rows.GetDouble(6), rows.GetDouble(7), rows.GetDouble(8));
            grids.Add(new StoredGrid(rows.GetInt32(0), grid, rows.GetInt32(9), rows.GetInt32(10), rows.GetString(11)));
        }
        return grids;
    }

    private static string Describe(RadarGrid grid) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{grid.Width}×{grid.Height} pixels of {grid.PixelX:G6}×{grid.PixelY:G6} from {grid.OriginX:G8}, {grid.OriginY:G8} on {grid.Proj}");
}
