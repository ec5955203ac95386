using ConvLstm.Nowcast.Ingest.Formats.Cf;
using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>
/// NetCDF files after the Climate and Forecast conventions, in the variants that services publish,
/// <see href="https://cfconventions.org/Data/cf-conventions/cf-conventions-1.8/cf-conventions.html"/>.
/// </summary>
internal sealed class CfNetCdfFormat : IRadarFormat
{
    public string Name => "CF-NetCDF";

    // Whatever has variables is for this format to explain, also where none of them holds rain.
    public bool Recognises(NetCdfFile file) =>
        file.Root.Variables.Count > 0 || CfRainVariable.Find(file.Root, RadarReadOptions.Default) is not null;

    public RadarContents Describe(NetCdfFile file, RadarReadOptions options)
    {
        var rain = CfRainVariable.Find(file.Root, options) ?? throw new FormatException((options.Variable is { } wanted
            ? $"it has no gridded variable '{wanted}' with a unit of rain rate, accumulation or reflectivity"
            : "no gridded variable has a unit of rain rate, accumulation or reflectivity") + CfRainVariable.UnknownUnits(file.Root));
        var axes = CfAxes.Find(rain);
        var (grid, order, gridFrom) = CfGrid.Read(rain, axes, options);
        var times = CfTimes.Read(rain, axes, options);
        var decoders = times.Scans.Select(t => t.Period).Distinct().ToDictionary(p => p, p => CfPacking.Read(rain, p, options));
        var scans = times.Scans.Select(time => new ScanSlab(
            time.Valid, rain.Variable, axes.Start(rain.Variable, time.Slot), axes.Count(rain.Variable), decoders[time.Period], order))
                .ToArray();
        return scans.Length > 0
            ? new RadarContents(rain.Units.Quantity, rain.UnitText, grid, scans,
                new(gridFrom, times.TimeFrom, rain.ChosenBy, times.PeriodFrom))
            { Notes = Notes(rain, times) }
            : throw new FormatException($"{rain.Variable.Name} has no scan in it");
    }

    private static string[] Notes(CfRainVariable rain, CfScanTimes times) =>
    [
        .. times.EmptySlots.Take(10).Select(slot => $"slot {slot} of the time axis has no time and is left out"),
        .. times.EmptySlots.Count > 10 ? [$"and {times.EmptySlots.Count - 10} slots more"] : Array.Empty<string>(),
        .. rain.IsGuess ? [$"{rain.Variable.Name} is taken for the rain, as it is the only variable with a unit of rain"]
            : Array.Empty<string>(),
    ];
}
