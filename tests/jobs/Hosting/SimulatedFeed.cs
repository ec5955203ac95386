using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.Simulation;

namespace ConvLstm.Nowcast.Tests.Jobs.Hosting;

/// <summary>A feed as feeds are: some scans late, some never, some twice, some cut off.</summary>
internal sealed class SimulatedFeed
{
    internal static TimeSpan Step { get; } = TimeSpan.FromMinutes(10);

    private readonly string _folder;
    private readonly Queue<(DateTimeOffset At, string File)> _deliveries = new();

    internal SimulatedFeed(string folder, string store, DateTimeOffset start, int scans, int size)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        Directory.CreateDirectory(store);
        var deliveries = new List<(DateTimeOffset At, string File)>();
        var options = new SimulationOptions { Size = size, Frames = scans, Step = Step, Start = start, Seed = 11 };
        foreach (var (index, scan) in RainSimulator.Run(options).Index())
        {
            var file = Path.Combine(store, CfRadarWriter.FileName(scan.Frame.ValidTime));
            // Of 30 scans one is missing, one broken, one late, one sent twice.
            if (index % 30 == 17)
                continue;
            CfRadarWriter.Write(file, scan.Frame);
            var at = scan.Frame.ValidTime + TimeSpan.FromMinutes(2);
            if (index % 30 == 23)
            {
                File.WriteAllBytes(file, File.ReadAllBytes(file)[..200]);
                Broken++;
            }
            else
            {
                Good++;
            }
            deliveries.Add((index % 30 == 9 ? at + TimeSpan.FromMinutes(25) : at, file));
            if (index % 30 == 5)
            {
                File.Copy(file, file + ".again.nc");
                deliveries.Add((at + TimeSpan.FromMinutes(3), file + ".again.nc"));
            }
        }
        foreach (var delivery in deliveries.OrderBy(d => d.At))
            _deliveries.Enqueue(delivery);
    }

    internal int Good { get; private set; }

    internal int Broken { get; private set; }

    /// <summary>Puts into the folder what has arrived by a time.</summary>
    internal void DeliverUpTo(DateTimeOffset time)
    {
        while (_deliveries.TryPeek(out var next) && next.At <= time)
        {
            var target = Path.Combine(_folder, Path.GetFileName(_deliveries.Dequeue().File));
            File.Move(next.File, target);
            // It settled long ago.
            File.SetLastWriteTimeUtc(target, DateTime.UtcNow.AddMinutes(-5));
        }
    }
}
