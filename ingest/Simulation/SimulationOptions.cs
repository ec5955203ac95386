using ConvLstm.Nowcast.Ingest.Projection;

namespace ConvLstm.Nowcast.Ingest.Simulation;

/// <summary>The kind of rain.</summary>
public enum RainScenario
{
    /// <summary>Wide, weak, long-lived.</summary>
    Stratiform,

    /// <summary>Cells that are born, grow and die within the hour.</summary>
    Convective,

    /// <summary>Cells in a wide field of weak rain.</summary>
    Mixed,
}

/// <summary>What to simulate. The same options give the same rain, to the last bit.</summary>
public sealed record SimulationOptions
{
    public RainScenario Scenario { get; init; } = RainScenario.Mixed;

    /// <summary>Rows and columns; pixels of 1 km.</summary>
    public int Size { get; init; } = 128;

    public int Frames { get; init; } = 60;

    public TimeSpan Step { get; init; } = TimeSpan.FromMinutes(5);

    public int Seed { get; init; } = 1;

    /// <summary>The valid time of the first scan, UTC.</summary>
    public DateTimeOffset Start { get; init; } = new(2024, 6, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Where the pixels lie; by default around 52° N, 10° E in the azimuthal projection of European composites.</summary>
    public RadarGrid Grid => DefaultGrid(Size);

    /// <exception cref="ReportedException">A value is outside what can be simulated.</exception>
    internal void Check()
    {
        if (Size is < 16 or > 4096)
            throw new ReportedException($"A simulated grid of {Size} pixels is not possible; choose a size from 16 to 4096.");
        if (Frames < 1)
            throw new ReportedException($"{Frames} frames cannot be simulated; choose 1 or more.");
        if (Step <= TimeSpan.Zero || Step > TimeSpan.FromHours(1))
            throw new ReportedException($"A step of {Step.TotalMinutes:0.##} minutes is not possible; choose one above 0 and up to 60.");
    }

    private static RadarGrid DefaultGrid(int size)
    {
        const double Pixel = 1000;
        var proj = ProjString.Parse("+proj=laea +lat_0=52 +lon_0=10 +x_0=0 +y_0=0 +ellps=WGS84");
        var corner = size * Pixel / 2;
        return new RadarGrid(GridNames.For(size, size, proj, Pixel, Pixel, -corner, corner), size, size, proj.ToString(), Pixel, Pixel,
            -corner, corner);
    }
}
