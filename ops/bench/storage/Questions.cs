using System.Globalization;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Storage;

namespace ConvLstm.Nowcast.Bench.Storage;

/// <summary>A question and what it is asked about.</summary>
/// <param name="Sql">With parameters.</param>
/// <param name="Values">Draws the parameters' values.</param>
internal sealed record Question(string Sql, Func<Random, object[]> Values);

/// <summary>Questions about random places and areas of a grid: three of four about now, one about some past hour.</summary>
internal sealed record Questions(Question RainAt, Question RainOver, Question ClippedArea)
{
    private const double AreaKm2 = 500;
    private const int Corners = 60, Drawn = 1000;

    /// <summary>In longitude and latitude, as consumers ask.</summary>
    internal static async Task<Questions> DrawAsync(NowcastDatabase database, RadarGrid grid, int days)
    {
        var random = new Random(1);
        string[] places = [.. Enumerable.Range(0, Drawn).Select(_ => Place(grid, random, 0) is var (x, y) ? Text($"POINT({x} {y})") : "")];
        var (lon, lat) = (await LonLatAsync<double>("ST_X(shape)", places), await LonLatAsync<double>("ST_Y(shape)", places));
        var areas = await LonLatAsync<string>("shape::text", [.. Enumerable.Range(0, Drawn).Select(_ => Catchment(grid, random))]);
        return new(
            new("SELECT * FROM nowcast.rain_at($1, $2, $3)",
                random => random.Next(Drawn) is var place ? [lon[place], lat[place], At(random, days)] : []),
            new("SELECT * FROM nowcast.rain_over($1::geometry, $2)", random => [areas[random.Next(Drawn)], At(random, days)]),
            new("SELECT * FROM public.clipped_area($1::geometry, $2)", random => [areas[random.Next(Drawn)], At(random, days)]));

        async Task<T[]> LonLatAsync<T>(string asked, string[] shapes) => (await database.ScalarAsync<T[]>(
            $"SELECT array_agg({asked}) FROM (SELECT ST_Transform(ST_SetSRID(shape::geometry, srid), 4326) AS shape FROM unnest($1) AS "
                + "shape, nowcast.grid) AS shapes", (object)shapes))!;
    }

    private static DateTimeOffset At(Random random, int days) =>
        random.Next(4) > 0 ? Archive.Start.AddYears(1) : Archive.Start.AddHours(random.Next(24 * days));

    private static (double X, double Y) Place(RadarGrid grid, Random random, double margin) => (
        grid.OriginX + margin + (random.NextDouble() * ((grid.Width * grid.PixelX) - (2 * margin))),
        grid.OriginY - margin - (random.NextDouble() * ((grid.Height * grid.PixelY) - (2 * margin))));

    /// <summary>A star-shaped outline with bays and spurs, scaled to its size.</summary>
    private static string Catchment(RadarGrid grid, Random random)
    {
        var (x, y) = Place(grid, random, 25_000);
        var radii = Enumerable.Range(0, Corners).Select(_ => 0.6 + (0.8 * random.NextDouble())).ToArray();
        var turn = 2 * Math.PI / Corners;
        var area = Enumerable.Range(0, Corners).Sum(i => 0.5 * Math.Sin(turn) * radii[i] * radii[(i + 1) % Corners]);
        var scale = Math.Sqrt(AreaKm2 * 1e6 / area);
        var points = Enumerable.Range(0, Corners + 1).Select(i => Text(
            $"{x + (scale * radii[i % Corners] * Math.Cos(i * turn)):0.0} {y + (scale * radii[i % Corners] * Math.Sin(i * turn)):0.0}"));
        return $"POLYGON(({string.Join(',', points)}))";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
