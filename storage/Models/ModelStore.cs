using System.Security.Cryptography;
using ConvLstm.Nowcast.Ingest;
using Dapper;
using Npgsql;
using NpgsqlTypes;

namespace ConvLstm.Nowcast.Storage.Models;

/// <summary>A model of the database without its weights.</summary>
/// <param name="Version">The name people use.</param>
/// <param name="Checksum">SHA-256 of the checkpoint in hexadecimal.</param>
/// <param name="Network">The architecture.</param>
/// <param name="Metadata">JSON: architecture, normalisation, training data, source revision.</param>
/// <param name="Scores">JSON: what it scored when it was trained.</param>
/// <param name="CheckpointBytes">The size of the checkpoint.</param>
/// <param name="ImportedAt">When it was stored, UTC.</param>
/// <param name="IsPromoted">It is the one that forecasts.</param>
public sealed record StoredModel(
    string Version, string Checksum, string Network, string Metadata, string Scores, int CheckpointBytes,
    DateTimeOffset ImportedAt, bool IsPromoted);

/// <summary>Checkpoints in the database, and which of them forecasts.</summary>
public sealed class ModelStore
{
    private const string Select =
        """
        SELECT version AS Version, checksum AS Checksum, network AS Network, metadata::text AS Metadata, scores::text AS Scores,
               checkpoint_bytes AS CheckpointBytes, imported_at AS ImportedAt, is_promoted AS IsPromoted FROM nowcast.models
        """;

    // Promoting and rolling back look at the newest row, then write: one at a time.
    private const string OneAtATime = "LOCK TABLE nowcast.model_promotion IN SHARE ROW EXCLUSIVE MODE;";

    /// <summary>The note of a promotion that nobody asked for.</summary>
    private const string Offered = "comes with the program";

    private readonly NpgsqlDataSource _database;
    private readonly TimeProvider _time;

    public ModelStore(NpgsqlDataSource database, TimeProvider time)
    {
        Queries.DapperTypes.Register();
        _database = database;
        _time = time;
    }

    /// <summary>
    /// Stores a checkpoint under a version. The same file under the same version again changes nothing; returns its checksum.
    /// </summary>
    /// <param name="version">The name people will use.</param>
    /// <param name="network">The architecture.</param>
    /// <param name="checkpoint">The .safetensors file.</param>
    /// <param name="metadataJson">A JSON object.</param>
    /// <param name="scoresJson">A JSON object.</param>
    /// <param name="cancellation">Stops the work; nothing is stored then.</param>
    /// <exception cref="ReportedException">Another file has that version.</exception>
    public async Task<string> ImportAsync(
        string version, string network, byte[] checkpoint, string metadataJson, string scoresJson, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var checksum = ChecksumOf(checkpoint);
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var insert = new NpgsqlCommand(
            """
            INSERT INTO nowcast.model (version, checksum, network, metadata, scores, checkpoint) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (version) DO NOTHING
            """, connection)
        {
            Parameters =
            {
                new() { Value = version },
                new() { Value = checksum },
                new() { Value = network },
                new() { Value = metadataJson, NpgsqlDbType = NpgsqlDbType.Jsonb },
                new() { Value = scoresJson, NpgsqlDbType = NpgsqlDbType.Jsonb },
                new() { Value = checkpoint },
            },
        };
        if (await insert.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false) == 0)
        {
            var there = await FindAsync(version, cancellation).ConfigureAwait(false);
            if (there?.Checksum != checksum)
                throw new ReportedException(
                    $"The database has another model {version} (checksum {there?.Checksum}). Give this one another version.");
        }
        return checksum;
    }

    /// <summary>
    /// Stores a checkpoint that comes with the program, once, and lets it forecast where nobody has chosen: no model was ever promoted,
    /// or only such ones, and none was taken back.
    /// </summary>
    /// <param name="version">The name people will use.</param>
    /// <param name="network">The architecture.</param>
    /// <param name="checkpoint">The .safetensors file.</param>
    /// <param name="metadataJson">A JSON object.</param>
    /// <param name="scoresJson">A JSON object.</param>
    /// <param name="cancellation">Stops the work; nothing is stored then.</param>
    public async Task OfferAsync(
        string version, string network, byte[] checkpoint, string metadataJson, string scoresJson, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await connection.ExecuteAsync(new CommandDefinition(
            OneAtATime + """
            WITH stored AS (
                INSERT INTO nowcast.model (version, checksum, network, metadata, scores, checkpoint)
                VALUES (@version, @checksum, @network, @metadataJson::jsonb, @scoresJson::jsonb, @checkpoint) ON CONFLICT (version) DO NOTHING RETURNING model_id)
            INSERT INTO nowcast.model_promotion (model_id, promoted_at, note) SELECT model_id, @now, @note FROM stored
            WHERE NOT EXISTS (SELECT FROM nowcast.model_promotion WHERE note <> @note OR rolled_back_at IS NOT NULL)
            """,
            new
            {
                version, checksum = ChecksumOf(checkpoint), network, metadataJson, scoresJson, checkpoint, now = _time.GetUtcNow(),
                note = Offered,
            }, transaction, cancellationToken: cancellation)).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>A file is stored, under whatever version.</summary>
    /// <param name="checksum">SHA-256 in hexadecimal.</param>
    /// <param name="cancellation">Stops the question.</param>
    public async Task<bool> HasAsync(string checksum, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "SELECT EXISTS (SELECT FROM nowcast.model WHERE checksum = @checksum)", new { checksum }, cancellationToken: cancellation))
                .ConfigureAwait(false);
    }

    /// <summary>All models, the newest first.</summary>
    public async Task<IReadOnlyList<StoredModel>> ListAsync(CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return (await connection.QueryAsync<StoredModel>(
            new CommandDefinition(Select + " ORDER BY model_id DESC", cancellationToken: cancellation)).ConfigureAwait(false)).AsList();
    }

    /// <summary>The model of a version, or null.</summary>
    public async Task<StoredModel?> FindAsync(string version, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return await connection.QuerySingleOrDefaultAsync<StoredModel>(
            new CommandDefinition(Select + " WHERE version = @version", new { version }, cancellationToken: cancellation))
                .ConfigureAwait(false);
    }

    /// <summary>The model that forecasts, or null where none was promoted.</summary>
    public async Task<StoredModel?> PromotedAsync(CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return await connection.QuerySingleOrDefaultAsync<StoredModel>(
            new CommandDefinition(Select + " WHERE is_promoted", cancellationToken: cancellation)).ConfigureAwait(false);
    }

    /// <summary>Which model was put to work when and why, the newest first.</summary>
    public async Task<IReadOnlyList<Promotion>> PromotionsAsync(CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        return (await connection.QueryAsync<Promotion>(new CommandDefinition(
            "SELECT version AS Version, promoted_at AS PromotedAt, note AS Note, rolled_back_at AS RolledBackAt FROM nowcast.model_history "
                + "ORDER BY promotion_id DESC",
            cancellationToken: cancellation)).ConfigureAwait(false)).AsList();
    }

    /// <summary>The checkpoint of a version, byte for byte.</summary>
    /// <exception cref="ReportedException">There is no such version, or the bytes do not have its checksum.</exception>
    public async Task<byte[]> CheckpointAsync(string version, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        var (checksum, checkpoint) = await connection.QuerySingleOrDefaultAsync<(string, byte[])>(new CommandDefinition(
            "SELECT checksum, checkpoint FROM nowcast.model WHERE version = @version", new { version }, cancellationToken: cancellation))
            .ConfigureAwait(false);
        if (checkpoint is null)
            throw Unknown(version);
        if (ChecksumOf(checkpoint) != checksum)
            throw new ReportedException(
                $"The checkpoint of model {version} in the database does not have its checksum {checksum}. Import it again.");
        return checkpoint;
    }

    /// <summary>Makes a model the one that forecasts.</summary>
    /// <exception cref="ReportedException">There is no such version.</exception>
    public async Task PromoteAsync(string version, string note, CancellationToken cancellation)
    {
        await using var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        var promoted = await connection.ExecuteAsync(new CommandDefinition(
            OneAtATime + """
            INSERT INTO nowcast.model_promotion (model_id, promoted_at, note)
            SELECT model_id, @now, @note FROM nowcast.model WHERE version = @version
            """, new { version, note, now = _time.GetUtcNow() }, transaction, cancellationToken: cancellation)).ConfigureAwait(false);
        if (promoted != 1)
            throw Unknown(version);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Takes the last promotion back; returns the model that forecasts now, null where there is none left.</summary>
    /// <exception cref="ReportedException">Nothing is promoted.</exception>
    public async Task<StoredModel?> RollBackAsync(CancellationToken cancellation)
    {
        await using (var connection = await _database.ConnectAsync(cancellation).ConfigureAwait(false))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
            var taken = await connection.ExecuteAsync(new CommandDefinition(
                OneAtATime + """
                UPDATE nowcast.model_promotion SET rolled_back_at = @now
                WHERE promotion_id = (SELECT max(promotion_id) FROM nowcast.model_promotion WHERE rolled_back_at IS NULL)
                """, new { now = _time.GetUtcNow() }, transaction, cancellationToken: cancellation)).ConfigureAwait(false);
            if (taken != 1)
                throw new ReportedException("No model is promoted, so there is nothing to roll back.");
            await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        }
        return await PromotedAsync(cancellation).ConfigureAwait(false);
    }

    private static string ChecksumOf(byte[] checkpoint) => Convert.ToHexStringLower(SHA256.HashData(checkpoint));

    private static ReportedException Unknown(string version) =>
        new($"The database has no model {version}. \"nowcast models list\" shows those there are.");
}
