using System.CommandLine;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.Simulation;

namespace ConvLstm.Nowcast.Jobs.Commands;

/// <summary><c>nowcast simulate</c>: radar files of rain that moves, grows and decays.</summary>
internal static class SimulateCommand
{
    internal static Command Create(Terminal terminal)
    {
        var defaults = new SimulationOptions();
        var folder = new Option<string>("--out") { Description = "The folder for the files; made where it is not there.", Required = true };
        var scenario = Flags.Choice("--scenario", "The kind of rain", Name(defaults.Scenario),
            [.. Enum.GetValues<RainScenario>().Select(Name)]);
        var size = Flags.Number("--size", "Rows and columns, pixels of 1 km.", defaults.Size, 16, 4096);
        var frames = Flags.Number("--frames", "How many scans.", defaults.Frames, 1, 1_000_000);
        var step = Flags.Number("--step", "Minutes between two scans.", defaults.Step.TotalMinutes, 0.1, 60);
        var seed = Flags.Number("--seed", "The same seed gives the same rain.", defaults.Seed, 0, int.MaxValue);
        var command = new Command("simulate", "Write CF-NetCDF radar files of simulated rain.")
        {
            folder, scenario, size, frames, step, seed,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var options = new SimulationOptions
            {
                Scenario = Enum.Parse<RainScenario>(parsed.GetRequiredValue(scenario), ignoreCase: true),
                Size = parsed.GetValue(size),
                Frames = parsed.GetValue(frames),
                Step = TimeSpan.FromMinutes(parsed.GetValue(step)),
                Seed = parsed.GetValue(seed),
            };
            var written = Write(options, parsed.GetRequiredValue(folder), cancellation);
            terminal.Line($"{written} scans of {options.Size} × {options.Size} pixels in {parsed.GetRequiredValue(folder)}");
            return Task.FromResult(CommandLine.Done);
        });
        return command;
    }

    private static string Name(RainScenario scenario) => scenario.ToString().ToLowerInvariant();

    /// <summary>Writes one file a scan, named by its valid time; returns how many.</summary>
    internal static int Write(SimulationOptions options, string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        var written = 0;
        foreach (var scan in RainSimulator.Run(options))
        {
            cancellation.ThrowIfCancellationRequested();
            CfRadarWriter.Write(Path.Combine(folder, CfRadarWriter.FileName(scan.Frame.ValidTime)), scan.Frame);
            written++;
        }
        return written;
    }
}
