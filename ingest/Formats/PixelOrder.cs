namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>How the pixels of a file lie in its array; frames have row 0 north and column 0 west.</summary>
/// <param name="SouthFirst">The first row is the southernmost.</param>
/// <param name="EastFirst">The first column is the easternmost.</param>
/// <param name="ColumnsFirst">The array is (x, y) instead of (y, x).</param>
internal readonly record struct PixelOrder(bool SouthFirst = false, bool EastFirst = false, bool ColumnsFirst = false);
