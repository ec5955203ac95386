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
        var scenario = new Option<RainScenario>("--scenario") { Description = "stratiform, convective or mixed.", DefaultValueFactory = _ => defaults.Scenario };
        var size = new Option<int>("--size") { Description = "Rows and columns, pixels of 1 km.", DefaultValueFactory = _ => defaults.Size };
        var frames = new Option<int>("--frames") { Description = "How many scans.", DefaultValueFactory = _ => defaults.Frames };
        var step = new Option<double>("--step") { Description = "Minutes between two scans.", DefaultValueFactory = _ => defaults.Step.TotalMinutes };
        var seed = new Option<int>("--seed") { Description = "The same seed gives the same rain.", DefaultValueFactory = _ => defaults.Seed };
        var command = new Command("simulate", "Write CF-NetCDF radar files of simulated rain.") { folder, scenario, size, frames, step, seed };
        command.SetAction((parsed, cancellation) =>
        {
            var options = new SimulationOptions
            {
                Scenario = parsed.GetValue(scenario),
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
