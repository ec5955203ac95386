using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Tests.Storage;

/// <summary>Grids, scans and forecasts to store. What is random comes from a seed.</summary>
internal static class Sample
{
    private static int _names;

    public static readonly DateTimeOffset Noon = new(2024, 7, 10, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A quarter of a degree north of Brisbane's latitude, 150×100 pixels: not a multiple of the tile.</summary>
    public static RadarGrid LonLatGrid(string? name = null, int width = 150, int height = 100) =>
        new(name ?? NewName("lonlat"), width, height, "+proj=longlat +datum=WGS84 +no_defs", 0.01, 0.01, 152, -27);

    /// <summary>Polar stereographic as KNMI's composite, on its own ellipsoid, 1 km.</summary>
    public static RadarGrid StereographicGrid() => new(
        NewName("stere"), 200, 170, "+proj=stere +lat_0=90 +lon_0=0 +lat_ts=60 +a=6378140 +b=6356750 +x_0=0 +y_0=0", 1000, 1000, 100_000,
            -3_900_000);

    /// <summary>Lambert azimuthal equal-area on a sphere, whose formulas fit in a few lines.</summary>
    public static RadarGrid SphereGrid() => new(
        NewName("sphere"), 300, 260, "+proj=laea +lat_0=55 +lon_0=10 +R=6371000 +units=m", 2000, 2000, -300_000, 260_000);

    public static string NewName(string kind) => $"{kind}-{Interlocked.Increment(ref _names)}";

    /// <summary>Rain in a third of the pixels, with a corner that was not observed.</summary>
    public static RadarFrame RadarFrame(RadarGrid grid, DateTimeOffset? at = null, int seed = 1) =>
        new(grid, at ?? Noon, Field(grid, seed));

    /// <summary>Rates in steps of 0.01 mm/h; a corner of NaN.</summary>
    public static float[] Field(RadarGrid grid, int seed)
    {
        var random = new Random(seed);
        var field = new float[grid.PixelCount];
        for (var i = 0; i < field.Length; i++)
        {
            var isCorner = i / grid.Width < 9 && i % grid.Width < 7;
            field[i] = isCorner ? float.NaN : random.Next(3) == 0 ? MathF.Round(random.NextSingle() * 20, 2) : 0;
        }
        return field;
    }

    /// <summary>The same value everywhere.</summary>
    public static float[] Even(RadarGrid grid, float value)
    {
        var field = new float[grid.PixelCount];
        Array.Fill(field, value);
        return field;
    }

    public static RainForecast Forecast(
        RadarGrid grid, DateTimeOffset? issueTime = null, int leads = 3, int seed = 7, string method = "model", string version = "v1",
        Func<int, float[]>? rate = null, float[]? thresholds = null, Func<float, float>? mean = null)
    {
        thresholds ??= [0.1f, 1f, 5f, 10f];
        var rates = Enumerable.Range(0, leads).Select(lead => rate?.Invoke(lead) ?? Field(grid, (seed * 100) + lead)).ToArray();
        return new RainForecast
        {
            Grid = grid,
            IssueTime = issueTime ?? Noon,
            LeadTimes = Enumerable.Range(1, leads).Select(lead => TimeSpan.FromMinutes(5 * lead)).ToArray(),
            RainRate = rates,
            MeanRate = mean is null ? rates
                : [.. rates.Select(field => Array.ConvertAll(field, r => float.IsNaN(r) ? r : MathF.Round(mean(r), 2)))],
            Thresholds = thresholds,
            ExceedanceProbability = thresholds.Select(threshold => rates.Select(field => Probability(field, threshold)).ToArray())
                .ToArray(),
            Provenance = new ForecastProvenance(
                method, version, method == "model" ? new string('a', 64) : "",
                [(issueTime ?? Noon) - TimeSpan.FromMinutes(5), issueTime ?? Noon], [1, 0.9]),
        };
    }

    private static float[] Probability(float[] rate, float threshold) =>
        rate.Select(mm => float.IsNaN(mm) ? float.NaN : MathF.Round(mm / (mm + threshold), 2)).ToArray();
}
