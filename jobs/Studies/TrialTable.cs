using System.Text.Json;
using ConvLstm.Nowcast.Evaluation;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage.Leases;
using ConvLstm.Nowcast.Studies.Search;
using Npgsql;
using NpgsqlTypes;

namespace ConvLstm.Nowcast.Jobs.Studies;

/// <summary>
/// The trials of a search in the database, so that processes on several machines may work on it. Results are JSON, weights are bytes.
/// </summary>
/// <typeparam name="TTrial">What is kept of a trial.</typeparam>
internal sealed class TrialTable<TTrial> : ITrials<TTrial>
    where TTrial : class
{
    /// <summary>
    /// A trial takes minutes to hours: one whose process was killed may lie for a while, and a database that is away for a moment costs
    /// none.
    /// </summary>
    private readonly TimeSpan _claimLasts;

    private readonly NpgsqlDataSource _database;
    private readonly string _folder;
    private readonly int _search;

    /// <param name="database">With the schema up to date.</param>
    /// <param name="name">Of the search; begun where there is none.</param>
    /// <param name="settings">What must be the same for all trials, as text.</param>
    /// <param name="folder">For the weights of the trials that this process runs; made where it is not there.</param>
    /// <param name="claimLasts">How long the claim of a killed process stays; null for the usual.</param>
    /// <exception cref="ReportedException">There is a search of that name with other settings.</exception>
    public TrialTable(NpgsqlDataSource database, string name, string settings, string folder, TimeSpan? claimLasts = null)
    {
        ArgumentNullException.ThrowIfNull(database);
        (_database, _folder, _claimLasts) = (database, folder, claimLasts ?? TimeSpan.FromMinutes(2));
        Directory.CreateDirectory(folder);
        using var connection = database.OpenConnection();
        using var begin = new NpgsqlCommand("INSERT INTO nowcast.search (name, settings) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
            connection)
        {
            Parameters = { new() { Value = name }, new() { Value = settings } },
        };
        begin.ExecuteNonQuery();
        using var find = new NpgsqlCommand("SELECT search_id, settings FROM nowcast.search WHERE name = $1", connection)
        {
            Parameters = { new() { Value = name } },
        };
        using var row = find.ExecuteReader();
        if (!row.Read() || row.GetString(1) != settings)
            throw new ReportedException(
                $"The search '{name}' of the database was begun with other settings: name another, or delete it from nowcast.search.");
        _search = row.GetInt32(0);
    }

    public IReadOnlyDictionary<int, TTrial> Finished(int trials)
    {
        using var connection = _database.OpenConnection();
        using var query = new NpgsqlCommand("SELECT number, result::text FROM nowcast.search_trial WHERE search_id = $1 AND number <= $2",
            connection)
        {
            Parameters = { new() { Value = _search }, new() { Value = trials } },
        };
        using var rows = query.ExecuteReader();
        var finished = new Dictionary<int, TTrial>();
        while (rows.Read())
            finished.Add(rows.GetInt32(0), Read(rows.GetInt32(0), rows.GetString(1)));
        return finished;
    }

    public IDisposable? TryClaim(int trial)
    {
        if (IsFinished(trial))
            return null;
        var claim = Lease.TryTake(_database, FormattableString.Invariant($"search {_search} trial {trial}"), _claimLasts);
        if (claim is null)
            return null;
        // It may have been finished between the question and the claim.
        if (IsFinished(trial))
        {
            claim.Dispose();
            return null;
        }
        // What another search left in the folder is not this trial's.
        File.Delete(WeightsFile(trial));
        return claim;
    }

    public string WeightsFile(int trial) => Path.Combine(_folder, FormattableString.Invariant($"trial-{trial:0000}.safetensors"));

    public void Write(int trial, TTrial result)
    {
        using var connection = _database.OpenConnection();
        using var insert = new NpgsqlCommand(
            "INSERT INTO nowcast.search_trial (search_id, number, result, checkpoint) VALUES ($1, $2, $3, $4) ON CONFLICT (search_id, "
                + "number) DO NOTHING", connection)
        {
            Parameters =
            {
                new() { Value = _search }, new() { Value = trial }, new()
                {
                    Value = JsonSerializer.Serialize(result, ScoreJson.Format), NpgsqlDbType = NpgsqlDbType.Jsonb,
                },
                new()
                {
                    Value = File.Exists(WeightsFile(trial)) ? File.ReadAllBytes(WeightsFile(trial)) : DBNull.Value,
                    NpgsqlDbType = NpgsqlDbType.Bytea,
                },
            },
        };
        insert.ExecuteNonQuery();
    }

    public void CopyWeights(int trial, string path)
    {
        using var connection = _database.OpenConnection();
        using var query = new NpgsqlCommand("SELECT checkpoint FROM nowcast.search_trial WHERE search_id = $1 AND number = $2", connection)
        {
            Parameters = { new() { Value = _search }, new() { Value = trial } },
        };
        File.WriteAllBytes(path, query.ExecuteScalar() as byte[]
            ?? throw new ReportedException($"Trial {trial} of search {_search} has no weights in the database: it learned nothing."));
    }

    private bool IsFinished(int trial)
    {
        using var connection = _database.OpenConnection();
        using var query = new NpgsqlCommand("SELECT EXISTS (SELECT FROM nowcast.search_trial WHERE search_id = $1 AND number = $2)",
            connection)
        {
            Parameters = { new() { Value = _search }, new() { Value = trial } },
        };
        return (bool)query.ExecuteScalar()!;
    }

    private TTrial Read(int trial, string json)
    {
        try
        {
            return JsonSerializer.Deserialize<TTrial>(json, ScoreJson.Format) ?? throw new JsonException("it is empty");
        }
        catch (JsonException e)
        {
            throw new ReportedException(
                $"nowcast.search_trial, search {_search}, number {trial}: not a trial ({e.Message.Split('\n')[0]}): delete the row to run "
                    + "it again.", e);
        }
    }
}
