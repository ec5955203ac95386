using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.MovingFrame;

/// <summary>An archive that has no window to train on, or none to validate on: more scans in a row are all that is missing.</summary>
public sealed class TooFewScansException(string message) : ReportedException(message);
