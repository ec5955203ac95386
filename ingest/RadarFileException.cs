namespace ConvLstm.Nowcast.Ingest;

/// <summary>A radar file cannot be used. One line that names the file, what is wrong with it, and what to do.</summary>
public class RadarFileException : ReportedException
{
    /// <summary>With a line that another process wrote of the file, which names it already.</summary>
    public RadarFileException(string path, string message)
        : base(message)
    {
        Path = path;
    }

    public RadarFileException(string path, string problem, string advice)
        : base($"{path}: {problem}; {advice}.")
    {
        Path = path;
    }

    public RadarFileException(string path, string problem, string advice, Exception innerException)
        : base($"{path}: {problem}; {advice}.", innerException)
    {
        Path = path;
    }

    /// <summary>The file.</summary>
    public string Path { get; }
}
