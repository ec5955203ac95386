using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.NetCdf;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest.Field;

/// <summary>The period of a sum, the packing and the unit, as files say them in their several ways.</summary>
public sealed class UnitsAndQuantities : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheReportedFilesHaveTheirRates()
    {
        using var sums = CfSample.Open(FieldCases.Path("04_coverage_duration.nc"), factor: 12);
        Assert.Equal((12, "the step of the times"), (sums.ValidTimes.Count, sums.From.Period));
        using var packed = CfSample.Open(FieldCases.Path("05_scale_factor_text.nc"));
        using var images = RadarFormats.Open(FieldCases.Path("36_knmi_forecast_file.h5"));
        Assert.Equal([5, 10, 15], images.ValidTimes.Select(t => t.Minute));
        Assert.All(Enumerable.Range(0, 3), i => Assert.Equal(6, images.Read(i).RainRate.Max(), 1e-4));
    }

    // Each has a wrong answer for the file as a whole, and of the ways that are right the one that comes first counts.
    [Theory]
    [InlineData("time: sum over 10 minutes", null, 6)]
    [InlineData("time: sum (interval: 1 minute)", null, 12)]
    [InlineData(null, "PT15M", 4)]
    [InlineData(null, "30 min", 2)]
    [InlineData(null, null, 12)]
    public void ThePeriodIsThatOfTheVariableBeforeThatOfTheFile(string? cellMethods, string? period, double factor)
    {
        var path = new CfSample
        {
            Times = [1590969600, 1590969900, 1590970200, 1590970800],
            Rain = rain =>
            {
                rain.Put("units", "mm");
                rain.Put("standard_name", "precipitation_amount");
                if (cellMethods is not null)
                    rain.Put("cell_methods", cellMethods);
                if (period is not null)
                    rain.Put("accumulation_period", period);
            },
            Globals = globals => globals.Put("time_coverage_duration", "P1D"),
        }.Write(_folder);
        CfSample.Open(path, factor).Dispose();
    }

    [Fact]
    public void OfASingleSumTheResolutionOfTheFileCountsBeforeItsDuration()
    {
        var path = new CfSample
        {
            Rain = rain => rain.Put("units", "kg m-2"),
            RainName = "precipitation",
            Globals = globals =>
            {
                globals.Put("time_coverage_duration", "P1D");
                globals.Put("time_coverage_resolution", "PT5M");
            },
        }.Write(_folder);
        CfSample.Open(path, 12).Dispose();
    }

    [Theory]
    [InlineData("scale_factor", "0.5", 0.5)]
    [InlineData("scale_factor", " 5e-1 ", 0.5)]
    [InlineData("_FillValueText", "0", 1)]
    public void NumbersThatAreTextsAreNumbers(string name, string text, double factor)
    {
        CfSample.Open(WithRain(rain => rain.Put(name, text)), factor).Dispose();
    }

    [Theory]
    [InlineData("0,5")]
    [InlineData("half")]
    public void AScaleThatIsNoNumberIsRefused(string text) =>
        Assert.Contains($"scale_factor '{text}' is not a number", CfSample.Refusal(WithRain(rain => rain.Put("scale_factor", text))),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("mm/5min", 12)]
    [InlineData("mm (15 min)-1", 4)]
    [InlineData("0.1 mm/h", 0.1)]
    [InlineData("1/100 mm h-1", 0.01)]
    [InlineData("mm per hour", 1)]
    [InlineData("kg m⁻² s⁻¹", 3600)]
    [InlineData("litre m-2 h-1", 1)]
    public void UnitsThatServicesWriteAreKnown(string units, double factor) =>
        Assert.Equal(factor, RainUnits.Find(units)!.Factor, 1e-9 * factor);

    [Fact]
    public void AUnitThatIsNotKnownIsNamed()
    {
        var path = new CfSample { Rain = rain => rain.Put("units", "furlong/fortnight") }.Write(_folder);
        Assert.Contains("rain is in 'furlong/fortnight'", CfSample.Refusal(path), StringComparison.Ordinal);
    }

    [Fact]
    public void TheOnlyRainIsTakenWhateverItsStandardNameAndNamed()
    {
        var path = WithRain(rain => rain.Put("standard_name", "surface_hydrometeor_intensity"));
        using var file = CfSample.Open(path);
        Assert.Contains("rain is taken for the rain", Assert.Single(file.Notes), StringComparison.Ordinal);
    }

    private string WithRain(Action<NetCdfAttributes> change) => new CfSample
    {
        Rain = rain =>
        {
            rain.Put("units", "mm/h");
            change(rain);
        },
    }.Write(_folder);
}
