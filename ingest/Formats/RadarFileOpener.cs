namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>
/// Opens radar files: <see cref="RadarFormats.Open(string, RadarReadOptions?, CancellationToken)"/> in this process, or another one where
/// a hostile file can do no harm.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="options">What its source leaves open.</param>
/// <param name="cancellation">Stops the opening and, as far as another process reads, what is read of the file later.</param>
/// <exception cref="RadarFileException">The file is no radar file, damaged, or does not say what is needed.</exception>
/// <exception cref="ReportedException">It cannot be read now, which is not the file's fault.</exception>
public delegate RadarFile RadarFileOpener(string path, RadarReadOptions? options, CancellationToken cancellation);

/// <summary>Reads a scan of a file.</summary>
/// <param name="index">Its place in the file.</param>
/// <param name="rainRate">Filled: row-major mm/h, row 0 north, NaN where not observed.</param>
public delegate void ScanReading(int index, Span<float> rainRate);
