namespace ConvLstm.Nowcast.Ingest.Formats.Sources;

/// <summary>What the numbers or colours of a picture or raster mean.</summary>
public sealed record PixelLegend
{
    /// <summary>The unit of the values: mm/h, mm, dBZ … as files have them; that of the file where null.</summary>
    public string? Units { get; init; }

    /// <summary>Times the stored number, plus <see cref="Offset"/>, is the value.</summary>
    public double? Gain { get; init; }

    public double? Offset { get; init; }

    /// <summary>Stored numbers that mean: not observed.</summary>
    public IReadOnlyList<double> Missing { get; init; } = [];

    /// <summary>Stored numbers that mean: no rain.</summary>
    public IReadOnlyList<double> Dry { get; init; } = [];

    /// <summary>The value of each stored number from 0 on, null for not observed; instead of gain and offset.</summary>
    public IReadOnlyList<double?>? Values { get; init; }

    /// <summary>The value of each colour, such as <c>#00a0ff</c>, null for not observed; colours that are not named are missing.</summary>
    public IReadOnlyDictionary<string, double?>? Colours { get; init; }

    /// <summary>How stored numbers become mm/h; <see cref="Values"/> and <see cref="Colours"/> are looked up before.</summary>
    /// <exception cref="FormatException">The unit is none of rain, or a sum has no period.</exception>
    internal PixelDecoder Decoder(string? unitsOfFile, PixelDecoder? ofFile, RadarReadOptions options)
    {
        var text = Units ?? unitsOfFile
            ?? throw new FormatException("nothing says in which unit its values are; a source profile can ('units')");
        var units = RainUnits.Find(text) ?? throw new FormatException($"'{text}' is no unit of rain that is known");
        var isLookedUp = Values is not null || Colours is not null;
        return new PixelDecoder
        {
            Units = units,
            Scale = isLookedUp ? 1 : Gain ?? ofFile?.Scale ?? 1,
            Offset = isLookedUp ? 0 : Offset ?? ofFile?.Offset ?? 0,
            Missing = [.. isLookedUp ? [] : Missing, .. ofFile?.Missing ?? []],
            Undetected = [.. isLookedUp ? [] : Dry, .. ofFile?.Undetected ?? []],
            IsFloating = ofFile?.IsFloating ?? false,
            PeriodHours = PeriodHours(units, options),
            ZRelation = options.ZRelation ?? ZRelation.MarshallPalmer,
        };
    }

    private static double PeriodHours(RainUnits units, RadarReadOptions options) =>
        units.Quantity != RainQuantity.Accumulation ? 1
        : options.AccumulationPeriod is { } period && period > TimeSpan.Zero ? period.TotalHours
        : throw new FormatException("nothing says over which period its values were summed; a source profile can ('periodMinutes')");
}
