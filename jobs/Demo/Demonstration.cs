using System.Diagnostics;
using System.Globalization;
using ConvLstm.Nowcast.Evaluation;
using ConvLstm.Nowcast.Ingest.Projection;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Jobs.Commands;
using ConvLstm.Nowcast.Jobs.Feed;
using ConvLstm.Nowcast.Jobs.Ingest;
using ConvLstm.Nowcast.Jobs.Nowcasts;
using ConvLstm.Nowcast.Jobs.Verification;
using ConvLstm.Nowcast.Methods;
using ConvLstm.Nowcast.Model.Checkpoints;
using ConvLstm.Nowcast.Storage;
using ConvLstm.Nowcast.Training;

namespace ConvLstm.Nowcast.Jobs.Demo;

/// <summary>The whole line on simulated rain, one sentence a step.</summary>
internal sealed class Demonstration(Terminal terminal, DecodedFiles decoded, DemoPlan plan, TimeProvider time)
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    /// <param name="folder">For the radar files and the checkpoint.</param>
    /// <param name="database">Empty.</param>
    /// <param name="cancellation">Stops the demonstration.</param>
    internal async Task RunAsync(string folder, NowcastDatabase database, CancellationToken cancellation)
    {
        Say($"PostgreSQL runs: {DbCommand.Describe(database)}");
        var (feed, checkpointFile) = (Path.Combine(folder, "feed"), Path.Combine(folder, "demo.safetensors"));
        var files = Simulate(feed, cancellation);
        var series = Archives.Open(terminal, decoded, [feed], cancellation)[0];
        await IngestAsync(database, files[..^plan.LaterScans], cancellation);

        await TrainAsync(series, checkpointFile, cancellation);
        using var model = Checkpoint.Load(checkpointFile, CPU);
        await PromoteAsync(database, model, checkpointFile, cancellation);
        Evaluate(series, model, cancellation);

        await PublishAsync(database, model, cancellation);
        await IngestAsync(database, files[^plan.LaterScans..], cancellation);
        var scored = await new VerificationPass(database).RunAsync(series.Start, cancellation);
        Say($"verified {scored} maps with the scans that came in since: see the view nowcast.skill");
        var newest = await PublishAsync(database, model, cancellation);
        await AskAsync(database, newest, cancellation);
    }

    private List<string> Simulate(string feed, CancellationToken cancellation)
    {
        if (Directory.Exists(feed))
            Directory.Delete(feed, recursive: true);
        var options = plan.RainUntil(time.GetUtcNow());
        SimulateCommand.Write(options, feed, cancellation);
        Say($"simulated {options.Frames} radar scans of {options.Size} × {options.Size} km, {options.Step.TotalMinutes:0} minutes apart, "
            + $"in {feed}");
        return [.. Directory.EnumerateFiles(feed).Order(StringComparer.Ordinal)];
    }

    private async Task IngestAsync(NowcastDatabase database, IReadOnlyList<string> files, CancellationToken cancellation)
    {
        var summary = await new ArchiveIngest(database, DecoderOptions.Default).RunAsync(files, null, cancellation);
        Say($"ingested {summary.Stored} frames");
    }

    private async Task TrainAsync(ScanSeries series, string checkpoint, CancellationToken cancellation)
    {
        var result = await TrainCommand.RunAsync(terminal, new ModelTrainingRequest
        {
            Series = [series.Part(0, plan.TrainingScans)],
            Out = checkpoint,
            Network = plan.Network,
            Windows = plan.Windows,
            Training = plan.Training with { Budget = plan.TrainingTime },
        }, cancellation);
        Say(string.Create(CultureInfo.InvariantCulture,
            $"trained a ConvLSTM on {plan.TrainingScans} of them: training loss {result.TrainingLoss:0.0000}, validation loss "
            + $"{result.FirstLoss:0.0000} → {result.ValidationLoss:0.0000}"));
    }

    private static async Task PromoteAsync(NowcastDatabase database, Checkpoint model, string file, CancellationToken cancellation)
    {
        await ForecastModel.StoreAsync(database, model, file, ForecastModel.ScoresOf(model), cancellation);
        await database.Models.PromoteAsync(model.Version, "trained by the demonstration", cancellation);
    }

    private void Evaluate(ScanSeries series, Checkpoint model, CancellationToken cancellation)
    {
        var unseen = series.Load(plan.TrainingScans, series.Scans.Count - plan.TrainingScans, null, cancellation);
        var options = new HindcastOptions { Thresholds = ForecastRequest.DefaultThresholds, FractionsThresholds = [], Resamples = 200 };
        var result = new Hindcast(options)
            .Run([unseen], [new ModelForecast(model), new Extrapolation(), new Persistence()], null, cancellation);
        Say($"scored {result.IssueTimes.Count} forecasts of the next hour on scans it has never seen (CSI: 1 is perfect; CRPS in mm/h: "
            + "less is better)");
        terminal.Line("             method           CSI 0.1   CSI 1   CSI 5    CRPS");
        foreach (var method in result.Summary.Where(r => r.Mask == "common").GroupBy(r => r.Method))
        {
            var csi = method.ToDictionary(r => r.Threshold, r => r.Csi);
            terminal.Line(FormattableString.Invariant(
                $"             {method.Key,-15}    {csi[0.1f]:0.000}   {csi[1]:0.000}   {csi[5]:0.000}   {method.First().Crps:0.000}"));
        }
    }

    /// <summary>Returns the newest run of the model.</summary>
    private async Task<NowcastOutcome> PublishAsync(NowcastDatabase database, Checkpoint model, CancellationToken cancellation)
    {
        var outcomes = await new NowcastPass(database, model, ForecastRequest.DefaultLead).RunAsync(cancellation);
        foreach (var problem in outcomes.Where(o => o.Problem is not null))
            terminal.Error($"{problem.Method}: {problem.Problem}");
        var rows = outcomes.Sum(o => o.Run?.Tiles ?? 0);
        Say($"published the forecast of {outcomes[0].IssueTime.UtcDateTime:HH:mm} UTC by "
            + $"{string.Join(", ", outcomes.Where(o => o.Run is not null).Select(o => o.Method))}: {rows} rows of raster tiles");
        return outcomes.First(o => o.Run is not null);
    }

    private async Task AskAsync(NowcastDatabase database, NowcastOutcome newest, CancellationToken cancellation)
    {
        var forecast = await database.Queries.LoadRunAsync(newest.Run!.RunId, cancellation);
        var (lon, lat) = WettestPlace(forecast);
        Say("asked with SQL:");
        terminal.Line(FormattableString.Invariant($"             SELECT * FROM nowcast.rain_at({lon:0.000}, {lat:0.000});"));
        terminal.Line("             valid_time (UTC)   lead   rain_mm_h   p_0_1    p_1    p_5   p_10");
        foreach (var row in await database.Queries.RainAtAsync(lon, lat, null, cancellation))
            terminal.Line(string.Create(CultureInfo.InvariantCulture,
                $"             {row.ValidTime.UtcDateTime:yyyy-MM-dd HH:mm} {row.LeadMinutes,6:0} {row.RainMmH,11:0.00} {row.P01,7:0.00} "
                + $"{row.P1,6:0.00} {row.P5,6:0.00} {row.P10,6:0.00}"));
    }

    private static (double Lon, double Lat) WettestPlace(RainForecast forecast)
    {
        var rain = forecast.RainRate[forecast.RainRate.Count / 2];
        var wettest = 0;
        for (var i = 0; i < rain.Length; i++)
        {
            if (rain[i] > rain[wettest] || float.IsNaN(rain[wettest]))
                wettest = i;
        }
        using var locator = new GridLocator(forecast.Grid);
        return locator.LonLat(wettest % forecast.Grid.Width, wettest / forecast.Grid.Width);
    }

    private void Say(string what) =>
        terminal.Line($"{_watch.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture),8} s   {what}");
}
