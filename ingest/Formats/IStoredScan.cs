namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>One scan as it lies in a file, to be read when it is wanted.</summary>
internal interface IStoredScan
{
    /// <summary>UTC; of an accumulation the end of its period.</summary>
    DateTimeOffset ValidTime { get; }

    /// <summary>How far ahead of the last observation it is where it is a forecast of the service; zero for what was observed.</summary>
    TimeSpan Lead => TimeSpan.Zero;

    /// <summary>Into row-major mm/h, row 0 north, NaN where not observed.</summary>
    void Read(RadarGrid grid, Span<float> rainRate);
}
