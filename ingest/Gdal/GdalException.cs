namespace ConvLstm.Nowcast.Ingest.Gdal;

/// <summary>GDAL cannot read a file; the message is its own, in one line.</summary>
internal sealed class GdalException(string message) : Exception(message);
