namespace ConvLstm.Nowcast.Studies.Search;

/// <summary>
/// Where the trials of a random search (Bergstra and Bengio 2012) are kept: a finished trial is never run again, and several processes
/// may work on one search, as each holds a claim on the trial it runs that the system takes back when the process ends.
/// </summary>
/// <typeparam name="TTrial">What is kept of a trial.</typeparam>
public interface ITrials<TTrial>
    where TTrial : class
{
    /// <summary>Those that are done, by number.</summary>
    /// <exception cref="Ingest.ReportedException">One is damaged.</exception>
    IReadOnlyDictionary<int, TTrial> Finished(int trials);

    /// <summary>The right to run a trial, until it is disposed; null where it is done or another process runs it.</summary>
    IDisposable? TryClaim(int trial);

    /// <summary>The file that a trial writes its weights to while it runs.</summary>
    string WeightsFile(int trial);

    /// <summary>Keeps the result of a trial, with its weights where it has written some.</summary>
    void Write(int trial, TTrial result);

    /// <summary>Writes the weights of a finished trial, whoever ran it, to a file.</summary>
    void CopyWeights(int trial, string path);
}
