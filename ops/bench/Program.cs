using ConvLstm.Nowcast.Bench;
using ConvLstm.Nowcast.Bench.ConvLstm;
using ConvLstm.Nowcast.Bench.Memory;
using ConvLstm.Nowcast.Ingest;

// A new benchmark is its folder and a line here.
var benchmarks = new Dictionary<string, Func<BenchmarkOptions, IReadOnlyList<BenchmarkRow>>>(StringComparer.Ordinal)
{
    ["convlstm"] = ConvLstmBenchmark.Run,
    ["memory"] = MemoryBenchmark.Run,
};
try
{
    var options = BenchmarkOptions.Parse(args, benchmarks.Keys);
    var rows = benchmarks[options.Name](options);
    Report.Print(options, rows);
    return 0;
}
catch (ReportedException e)
{
    Console.Error.WriteLine($"error: {e.Message}");
    return 1;
}
