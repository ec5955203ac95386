using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Bench;

/// <summary>A peer in Python that answers each line of JSON on its input with one on its output.</summary>
internal sealed class PythonPeer : IDisposable
{
    private readonly Process _process;

    internal PythonPeer(string script, params string[] arguments)
    {
        var interpreter = Environment.GetEnvironmentVariable("BENCH_PYTHON") ?? "/usr/bin/python3";
        var start = new ProcessStartInfo(interpreter, ["-u", Path.Combine(AppContext.BaseDirectory, script), .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        // As for ours: threads that wait sleep, so that other load on the machine does not punish the peer.
        start.Environment.TryAdd("OMP_WAIT_POLICY", "passive");
        _process = Process.Start(start) ?? throw new ReportedException($"{interpreter} could not be started.");
    }

    internal JsonNode Ask(object question)
    {
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(question));
        _process.StandardInput.Flush();
        var answer = _process.StandardOutput.ReadLine() ?? throw new ReportedException("The peer ended early; its error stands above.");
        return JsonNode.Parse(answer)!;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
