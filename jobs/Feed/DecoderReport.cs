using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.Feed;

/// <summary>What a decoder says of a file that cannot be used, in its own words.</summary>
internal sealed class DecoderReport(string path, string message) : ReportedException(message)
{
    internal string Path => path;
}
