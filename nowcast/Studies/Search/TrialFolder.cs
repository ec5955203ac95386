using System.Globalization;
using System.Text.Json;
using ConvLstm.Nowcast.Evaluation;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Studies.Search;

/// <summary>The trials of a search as files of a folder; a claim is a lock on a file.</summary>
/// <typeparam name="TTrial">What is kept of a trial.</typeparam>
public sealed class TrialFolder<TTrial> : ITrials<TTrial>
    where TTrial : class
{
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    private readonly string _folder;

    /// <param name="folder">Made where it is not there.</param>
    /// <param name="settings">What must be the same for all trials, as text.</param>
    /// <exception cref="ReportedException">The folder holds trials with other settings.</exception>
    public TrialFolder(string folder, string settings)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "settings.json");
        if (!File.Exists(file))
            WholeFile.Write(file, settings);
        else if (File.ReadAllText(file) != settings)
            throw new ReportedException(
                $"{file}: the trials in this folder were begun with other settings: name another folder, or delete this one.");
    }

    /// <summary>A file of a trial beside its result, such as its weights.</summary>
    public string FileOf(int trial, string extension) =>
        Path.Combine(_folder, $"trial-{trial.ToString("0000", CultureInfo.InvariantCulture)}{extension}");

    public string WeightsFile(int trial) => FileOf(trial, ".safetensors");

    public void CopyWeights(int trial, string path) => File.Copy(WeightsFile(trial), path, overwrite: true);

    public IReadOnlyDictionary<int, TTrial> Finished(int trials) => Finished(Enumerable.Range(1, trials));

    /// <summary>Those of some that are done, by number.</summary>
    /// <exception cref="ReportedException">A file is damaged.</exception>
    public IReadOnlyDictionary<int, TTrial> Finished(IEnumerable<int> trials) =>
        trials.Where(i => File.Exists(FileOf(i, ".json"))).ToDictionary(i => i, Read);

    public IDisposable? TryClaim(int trial)
    {
        if (File.Exists(FileOf(trial, ".json")))
            return null;
        try
        {
            var claim = new FileStream(FileOf(trial, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1,
                FileOptions.DeleteOnClose);
            if (!File.Exists(FileOf(trial, ".json")))
                return claim;
            claim.Dispose();
            return null;
        }
        catch (IOException)
        {
            // Locked: another process has it.
            return null;
        }
    }

    /// <summary>
    /// Runs those of some that nobody has run, and waits for those that another process is at; where it ends without a result, its trials
    /// are run here.
    /// </summary>
    /// <param name="trials">Their numbers.</param>
    /// <param name="run">Runs one.</param>
    /// <param name="progress">Told the part done and the number of the next.</param>
    /// <param name="cancellation">Stops between two looks; what is done stays.</param>
    internal IReadOnlyDictionary<int, TTrial> Complete(IReadOnlyList<int> trials, Func<int, TTrial> run, Action<double, int> progress,
        CancellationToken cancellation)
    {
        while (true)
        {
            for (var i = 0; i < trials.Count; i++)
            {
                using var claim = TryClaim(trials[i]);
                if (claim is null)
                    continue;
                progress((double)i / trials.Count, trials[i]);
                Write(trials[i], run(trials[i]));
            }
            var finished = Finished(trials);
            if (finished.Count == trials.Count)
                return finished;
            cancellation.WaitHandle.WaitOne(Glance);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    public void Write(int trial, TTrial result) =>
        WholeFile.Write(FileOf(trial, ".json"), JsonSerializer.Serialize(result, ScoreJson.Format));

    private TTrial Read(int trial)
    {
        try
        {
            return JsonSerializer.Deserialize<TTrial>(File.ReadAllText(FileOf(trial, ".json")), ScoreJson.Format)
                ?? throw new JsonException("it is empty");
        }
        catch (JsonException e)
        {
            throw new ReportedException($"{FileOf(trial, ".json")}: not a trial ({e.Message.Split('\n')[0]}): delete it to run it again.",
                e);
        }
    }
}
