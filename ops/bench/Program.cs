using ConvLstm.Nowcast.Bench;
using ConvLstm.Nowcast.Bench.Api;
using ConvLstm.Nowcast.Bench.ConvLstm;
using ConvLstm.Nowcast.Bench.Forecast;
using ConvLstm.Nowcast.Bench.Ingest;
using ConvLstm.Nowcast.Bench.Memory;
using ConvLstm.Nowcast.Bench.Storage;
using ConvLstm.Nowcast.Ingest;

// A new benchmark is its folder and a line here.
var benchmarks = new Dictionary<string, Func<BenchmarkOptions, Task<IReadOnlyList<BenchmarkRow>>>>(StringComparer.Ordinal)
{
    ["convlstm"] = options => Task.FromResult(ConvLstmBenchmark.Run(options)),
    ["memory"] = options => Task.FromResult(MemoryBenchmark.Run(options)),
    ["ingest"] = options => Task.FromResult(IngestBenchmark.Run(options)),
    ["storage"] = StorageBenchmark.RunAsync,
    ["storage-archive"] = StorageBenchmark.PrepareAsync,
    ["forecast"] = options => Task.FromResult(ForecastBenchmark.Run(options)),
    ["storage-publish"] = StorageBenchmark.PublishAsync,
    ["storage-ask"] = StorageBenchmark.AskAsync,
    ["storage-drop"] = StorageBenchmark.DropAsync,
    ["api"] = ApiBenchmark.RunAsync,
};
if (args is [DecodingWorkers.Verb])
{
    DecodingWorkers.Serve();
    return 0;
}
try
{
    var options = BenchmarkOptions.Parse(args, benchmarks.Keys);
    var rows = await benchmarks[options.Name](options);
    Report.Print(options, rows);
    return 0;
}
catch (ReportedException e)
{
    Console.Error.WriteLine($"error: {e.Message}");
    return 1;
}
