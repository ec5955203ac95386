namespace ConvLstm.Nowcast.Ingest;

/// <summary>
/// An error whose message is one line for a person: it names the file, the setting or the value, and what to do.
/// Commands print it and exit 1; everything else is a defect and keeps its stack trace.
/// </summary>
public class ReportedException : Exception
{
    public ReportedException(string message)
        : base(message)
    {
    }

    public ReportedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
