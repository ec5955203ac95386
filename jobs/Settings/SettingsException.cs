using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Jobs.Settings;

/// <summary>Settings that cannot be used: all of them, a sentence each.</summary>
internal sealed class SettingsException(IReadOnlyList<string> problems) : ReportedException(string.Join(' ', problems))
{
    internal IReadOnlyList<string> Problems => problems;
}
