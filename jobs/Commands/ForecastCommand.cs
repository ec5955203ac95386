using System.CommandLine;
using ConvLstm.Nowcast.Ensemble;
using ConvLstm.Nowcast.Files;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Formats.Sources;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Methods;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary><c>nowcast forecast</c>: radar files to CF-NetCDF forecasts, without a database.</summary>
internal static class ForecastCommand
{
    /// <summary>Scans given to a method; those that want fewer take the newest.</summary>
    private const int ScansRead = 8;

    private const long CacheBytes = 1L << 30;

    internal static Command Create(Terminal terminal, DecodedFiles files)
    {
        var data = new Option<string[]>("--data")
        {
            Description = "Radar files, folders or patterns.", Required = true, AllowMultipleArgumentsPerToken = true,
        };
        var outPath = new Option<string>("--out") { Description = "The file to write; a folder with --every.", Required = true };
        var at = Flags.Time("--at", "The issue time, such as 2020-10-31T05:00:00Z; the newest scan where not given.");
        var every = Flags.Optional("--every", "A forecast from every Nth scan that has enough past.", 1, 1_000_000);
        var model = new Option<string?>("--model")
        {
            Description = "A checkpoint of 'nowcast train'; the one that comes with the program where not given.",
        };
        var method = new Option<string?>("--method")
        {
            Description = "model, anvil, extrapolation, persistence, sprog or steps; the model where not given.",
        };
        var lead = Flags.Number("--lead", "Minutes to look ahead.", (int)ForecastRequest.DefaultLead.TotalMinutes, 1, 1440);
        var device = Flags.Device();
        var members = Flags.Optional("--members", "How many equally likely members to add.", 1, 1000);
        var seed = Flags.Number("--seed", "The same seed gives the same members.", 1L, 0, long.MaxValue);
        var grid = new Option<string?>("--grid")
        {
            Description = "Of files on several grids, the one to forecast, as 'nowcast inspect' names them.",
        };
        var json = JsonOutput.Flag();
        var source = SourceFlags.Profiles();
        var command = new Command("forecast", "Write forecasts from radar files as CF-NetCDF.") { data, outPath, at, every, model, method,
            lead, members, seed, device, grid, source, json };
        command.Validators.Add(result =>
        {
            if (result.GetResult(at) is not null && result.GetResult(every) is not null)
                result.AddError("--at names one issue time and --every many: give one of them.");
        });
        command.SetAction((parsed, cancellation) =>
        {
            using var checkpoint = MethodChoice.Load(parsed.GetValue(model), parsed.GetValue(method), parsed.GetRequiredValue(device));
            var forecaster = MethodChoice.Make(parsed.GetValue(method), checkpoint);
            if (forecaster is Steps)
                forecaster = new Steps(parsed.GetValue(members) ?? Steps.DefaultMembers, parsed.GetValue(seed));
            else if (parsed.GetValue(members) is int count)
                forecaster = new EnsembleForecast(forecaster, count, parsed.GetValue(seed));
            var series = OnOneGrid(
                Archives.Open(terminal, files, parsed.GetRequiredValue(data), cancellation,
                    RadarSources.Load(parsed.GetValue(source) ?? [])), parsed.GetValue(grid));
            var request = new ForecastRequest(TimeSpan.FromMinutes(parsed.GetValue(lead)), ForecastRequest.AllThresholds);
            var issues = parsed.GetValue(every) is int step
                ? EveryNth(series, step, forecaster)
                : [OneIssue(terminal, series, parsed.GetValue(at), forecaster, cancellation)];
            var written = WriteAll(
                parsed.GetValue(json) ? terminal.Silent() : terminal, issues, forecaster, request, parsed.GetRequiredValue(outPath),
                    parsed.GetValue(every) is not null, cancellation);
            if (parsed.GetValue(json))
                JsonOutput.Write(terminal, written);
            return Task.FromResult(CommandLine.Done);
        });
        return command;
    }

    private sealed record WrittenForecast(string File, string Grid, DateTime IssueTime, string Method, string ModelVersion,
        IReadOnlyList<double> LeadMinutes);

    private static List<WrittenForecast> WriteAll(
        Terminal terminal, IReadOnlyList<(ScanSeries Series, int Index)> issues, IForecaster forecaster, ForecastRequest request,
        string path, bool isFolder, CancellationToken cancellation)
    {
        if (isFolder)
            Directory.CreateDirectory(path);
        var cache = new FrameCache(CacheBytes);
        var written = new List<WrittenForecast>();
        foreach (var (series, index) in issues)
        {
            if (request.Lead < series.Step)
                throw new ReportedException(
                    $"--lead {request.Lead.TotalMinutes:0} is shorter than the step of the scans, {series.Step.TotalMinutes:0.##} minutes: "
                        + "give at least that.");
            var count = Math.Min(index + 1, Math.Max(ScansRead, forecaster.ScansNeeded));
            var forecast = forecaster.Forecast(series.Load(index + 1 - count, count, cache, cancellation), request, cancellation);
            if (forecast.RainRate.All(map => Array.TrueForAll(map, float.IsNaN)))
                throw new ReportedException(
                    $"The {forecaster.Method} says nothing of {forecast.IssueTime:yyyy-MM-ddTHH:mm:ssZ}: all its values are missing; take "
                        + "another --model or --method.");
            var file = isFolder || Directory.Exists(path) ? Path.Combine(path, ForecastFile.NameFor(forecast.IssueTime)) : path;
            ForecastFile.Write(file, forecast, TimeProvider.System, cancellation);
            terminal.Line($"{file}: {forecast.LeadTimes.Count} maps to {forecast.LeadTimes[^1].TotalMinutes:0} minutes after "
                + $"{forecast.IssueTime.UtcDateTime:yyyy-MM-dd HH:mm} UTC by {forecast.Provenance.Method}");
            written.Add(new(file, forecast.Grid.Name, forecast.IssueTime.UtcDateTime, forecast.Provenance.Method,
                forecast.Provenance.ModelVersion, [.. forecast.LeadTimes.Select(l => l.TotalMinutes)]));
        }
        return written;
    }

    private static (ScanSeries Series, int Index) OneIssue(Terminal terminal, IReadOnlyList<ScanSeries> series, DateTimeOffset? at,
        IForecaster forecaster, CancellationToken cancellation)
    {
        var chosen = at is { } time ? series.FirstOrDefault(s => s.IndexOf(time) >= 0) : series.MaxBy(s => s.End)!;
        if (chosen is null)
            throw new ReportedException(
                $"--at {at:yyyy-MM-ddTHH:mm:ssZ}: there is no scan of that time; the scans go from "
                    + $"{series.Min(s => s.Start):yyyy-MM-ddTHH:mm:ssZ} to {series.Max(s => s.End):yyyy-MM-ddTHH:mm:ssZ}.");
        var index = at is { } issue ? chosen.IndexOf(issue) : chosen.Scans.Count - 1;
        // What observed nothing says nothing of the rain to come; an issue time that was asked for is not exchanged for another.
        while (at is null && index > 0 && IsEmpty(chosen.Scans[index], cancellation))
            terminal.Error($"{chosen.Scans[index].Source} observed nothing at {chosen.TimeOf(index--):yyyy-MM-ddTHH:mm:ssZ}: the forecast "
                + "is made from the scan before.");
        if (IsEmpty(chosen.Scans[index], cancellation))
            throw new ReportedException(
                $"The scan of {chosen.TimeOf(index):yyyy-MM-ddTHH:mm:ssZ} observed nothing: give another --at or other data.");
        return index + 1 >= forecaster.ScansNeeded
            ? (chosen, index)
            : throw new ReportedException(
                $"The {forecaster.Method} needs {forecaster.ScansNeeded} scans in a row, there are {index + 1} up to "
                    + $"{chosen.TimeOf(index):yyyy-MM-ddTHH:mm:ssZ}: take a later --at or more data.");
    }

    /// <summary>A forecast is of one grid; which of several is not for the program to guess.</summary>
    private static IReadOnlyList<ScanSeries> OnOneGrid(IReadOnlyList<ScanSeries> series, string? name)
    {
        var names = string.Join(", ", series.Select(s => s.Grid.Name).Distinct());
        if (name is not null)
        {
            IReadOnlyList<ScanSeries> named = [.. series.Where(s => s.Grid.Name == name)];
            return named.Count > 0 ? named : throw new ReportedException($"--grid {name}: the files have {names}.");
        }
        return series.All(s => s.Grid.CoversTheSame(series[0].Grid))
            ? series
            : throw new ReportedException($"The files are on several grids: name one by --grid, of {names}.");
    }

    private static bool IsEmpty(IScan scan, CancellationToken cancellation) =>
        Array.TrueForAll(scan.Read(cancellation).RainRate, float.IsNaN);

    private static List<(ScanSeries Series, int Index)> EveryNth(IReadOnlyList<ScanSeries> series, int step, IForecaster forecaster)
    {
        var issues = new List<(ScanSeries, int)>();
        foreach (var one in series)
        {
            for (var index = forecaster.ScansNeeded - 1; index < one.Scans.Count; index += step)
                issues.Add((one, index));
        }
        return issues.Count > 0 ? issues
            : throw new ReportedException($"No scan has the {forecaster.ScansNeeded} scans in a row that the {forecaster.Method} needs.");
    }
}
