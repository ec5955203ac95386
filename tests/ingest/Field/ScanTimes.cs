using System.Globalization;
using ConvLstm.Nowcast.Ingest.Formats.Cf;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest.Field;

/// <summary>
/// Times as services write them: the file's own calendar, packed and missing ones, days and times of day apart, leap seconds; never a
/// time that nobody wrote.
/// </summary>
public sealed class ScanTimes : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("13_standard_calendar_year1.nc", "2020-06-01T00:00:00Z")]
    [InlineData("14_time_of_day_attribute.nc", "2020-06-01T12:05:00Z")]
    [InlineData("22_calendar_julian.nc", "2020-06-01T00:00:00Z")]
    [InlineData("28_leap_second.h5", "2017-01-01T00:00:00Z")]
    public void TheReportedFilesAreOfTheirTime(string name, string time)
    {
        using var file = CfSample.Open(FieldCases.Path(name));
        Assert.Equal([At(time)], file.ValidTimes);
    }

    [Fact]
    public void AnEmptySlotCostsOnlyItself()
    {
        using var file = CfSample.Open(FieldCases.Path("27_nat_slot.nc"));
        Assert.Equal([At("2020-06-01T00:00:00Z"), At("2020-06-01T00:05:00Z")], file.ValidTimes);
        Assert.Contains("slot 2", Assert.Single(file.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hours since 1-1-1 00:00:0.0", "standard", 17700552, "2020-04-20T00:00:00Z")]
    [InlineData("days since 1582-10-04", "gregorian", 1, "1582-10-15T00:00:00Z")]
    [InlineData("days since 1582-10-04", "proleptic_gregorian", 1, "1582-10-05T00:00:00Z")]
    [InlineData("days since 1900-02-28", "julian", 2, "1900-03-01T00:00:00Z")]
    [InlineData("Minutes Since 19700101T000000Z", null, 10, "1970-01-01T00:10:00Z")]
    [InlineData("nanoseconds since 1970-01-01", null, 1590969600e9, "2020-06-01T00:00:00Z")]
    [InlineData("microseconds since 2020-06-01", "STANDARD", 3.6e9, "2020-06-01T01:00:00Z")]
    [InlineData("DAYS since 2020-06-01 02:00 +02:00", null, 0, "2020-06-01T00:00:00Z")]
    public void TimesAreCountedByTheRulesOfTheCalendar(string units, string? calendar, double value, string time)
    {
        // 17700552 hours are 737523 days: 20 April 2020 by the rules of the mixed calendar would be two days earlier by the proleptic one.
        if (calendar == "standard")
            value = (CivilCalendar.Standard.DayNumber(2020, 4, 20) - CivilCalendar.Standard.DayNumber(1, 1, 1)) * 24;
        Assert.Equal(At(time), UdUnitsTime.Parse(units, calendar).Time(value));
    }

    [Fact]
    public void DayNumbersAndDatesAreEachOthersInverse()
    {
        foreach (var calendar in Enum.GetValues<CivilCalendar>())
        {
            for (var day = new DateOnly(1, 1, 1); day < new DateOnly(2300, 1, 1); day = day.AddDays(97))
            {
                var exists = calendar != CivilCalendar.Standard || day < new DateOnly(1582, 10, 5) || day >= new DateOnly(1582, 10, 15);
                if (exists)
                    Assert.Equal(day, calendar.Date(calendar.DayNumber(day.Year, day.Month, day.Day)));
            }
        }
        // Meeus, Astronomical Algorithms, chapter 7.
        Assert.Equal(2451545, CivilCalendar.Standard.DayNumber(2000, 1, 1));
        Assert.Equal(2026872, CivilCalendar.Standard.DayNumber(837, 4, 10));
    }

    [Fact]
    public void PackedTimesAreUnpackedAndMissingOnesLeftOut()
    {
        var path = new CfSample
        {
            Times = [0, 1, -9, double.NaN],
            Time = time =>
            {
                time.Put("units", "minutes since 2020-06-01");
                time.Put("scale_factor", 5.0);
                time.Put("add_offset", 60.0);
                time.Put("missing_value", -9.0);
            },
        }.Write(_folder);
        using var file = CfSample.Open(path);
        Assert.Equal([At("2020-06-01T01:00:00Z"), At("2020-06-01T01:05:00Z")], file.ValidTimes);
        Assert.Equal(2, file.Notes.Count);
    }

    [Theory]
    [InlineData("date", "2020-06-01", "time", "1205", "2020-06-01T12:05:00Z")]
    [InlineData("date", "20200601", "time", "12:05:30", "2020-06-01T12:05:30Z")]
    [InlineData("date", "01-JUN-2020", "time", "12:05 UTC", "2020-06-01T12:05:00Z")]
    [InlineData("timestamp", "20200601T1205Z", "note", "", "2020-06-01T12:05:00Z")]
    [InlineData("time_coverage_end", "2020-06-01T12:04:60Z", "note", "", "2020-06-01T12:05:00Z")]
    [InlineData("valid_time", "2020-06-01 14:05+02:00", "note", "", "2020-06-01T12:05:00Z")]
    public void DayAndTimeOfDayAreFoundTogetherOrSideBySide(string first, string text, string second, string other, string time)
    {
        using var file = CfSample.Open(WithAttributes(first, text, second, other));
        Assert.Equal([At(time)], file.ValidTimes);
    }

    [Theory]
    [InlineData("time", "12:05", "is a time of day")]
    [InlineData("date", "2020-06-01", "is a day")]
    [InlineData("valid_time", "01/06/2020 12:05", "day before month")]
    [InlineData("timestamp", "soon", "nothing says when")]
    public void WhatIsHalfATimeIsRefusedAndNeverTodays(string name, string text, string reason) =>
        Assert.Contains(reason, CfSample.Refusal(WithAttributes(name, text, "note", "")), StringComparison.Ordinal);

    private string WithAttributes(string first, string text, string second, string other) => new CfSample
    {
        Time = null,
        Globals = globals =>
        {
            globals.Put(first, text);
            globals.Put(second, other);
        },
    }.Write(_folder);

    private static DateTimeOffset At(string time) => DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);
}
