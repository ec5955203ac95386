using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Storage.Grids;

/// <summary>A scan may belong to several series of one grid.</summary>
public sealed class AmbiguousGridException(string message) : ReportedException(message);
