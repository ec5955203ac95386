using ConvLstm.Nowcast.Methods;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Methods;

public sealed class AreasOfNeighbourhoods
{
    private const int Side = 400;

    /// <summary>
    /// Showers in the west of which much is certain, showers in the east of which little is: one level for all shows those of the west
    /// alone, and more than there are.
    /// </summary>
    [Fact]
    public void ShowersStayWhereTheyAreThoughOthersAreMoreCertain()
    {
        var (probabilities, rain) = (new float[Side * Side], new float[Side * Side]);
        var random = new Random(4);
        for (var pixel = 0; pixel < probabilities.Length; pixel++)
        {
            var certain = pixel % Side < Side / 2 ? 3f : 1f;
            var likely = random.NextSingle();
            probabilities[pixel] = certain * 0.3f * MathF.Pow(likely, 4);
            rain[pixel] = random.NextSingle() < 0.1f ? 3 : 0;
        }

        var (global, west, east) = Shown(probabilities, rain, 2);

        var rains = rain.Count(r => r > 0) / 2;
        Assert.True(global.East < 0.1 * rains, $"{global}");
        Assert.InRange(west, rains, global.West);
        Assert.InRange(east, 0.2 * rains, rains);
    }

    [Fact]
    public void OfOneAndTheSameWeatherOneLevelIsRight()
    {
        var random = new Random(5);
        var probabilities = Enumerable.Range(0, Side * Side).Select(_ => random.NextSingle()).ToArray();
        var rain = Enumerable.Range(0, Side * Side).Select(_ => random.NextSingle() < 0.2f ? 3f : 0).ToArray();

        var (global, west, east) = Shown(probabilities, rain, 2);

        Assert.Equal(global.West, west, 0.03 * global.West);
        Assert.Equal(global.East, east, 0.03 * global.East);
    }

    /// <summary>Of a grid that is no multiple of the tiles, with pixels that are not known.</summary>
    [Theory]
    [InlineData(5, 3)]
    [InlineData(130, 65)]
    public void EveryPixelOfAGridHasALevel(int width, int height)
    {
        var grid = Sample.RadarGrid(width, height);
        var probabilities = Enumerable.Range(0, grid.PixelCount).Select(i => (i % 7) / 10f).ToArray();
        var rain = Enumerable.Range(0, grid.PixelCount).Select(i => i % 3 == 0 ? float.NaN : i % 5).ToArray();
        var known = Array.ConvertAll(rain, r => !float.IsNaN(r));

        var levels = LocalAreaLevels.Of(grid, probabilities, known, new(rain, TimeSpan.FromMinutes(5)), 2, 0.3);

        for (var row = 0; row < height; row++)
            Assert.All(Enumerable.Range(0, width), column => Assert.InRange(levels.Factor(row, column), 0.2, 4.5));
    }

    private static ((int West, int East) Global, int West, int East) Shown(float[] probabilities, float[] rain, float rate)
    {
        var grid = Sample.RadarGrid(Side, Side);
        var known = new bool[rain.Length];
        Array.Fill(known, true);
        var shown = new ShownArea(rain, TimeSpan.FromMinutes(5));
        var level = AreaLevel.Of(new(probabilities, known), probabilities, known, shown.Pixels(rate));
        var levels = LocalAreaLevels.Of(grid, probabilities, known, shown, rate, level);
        bool Here(int pixel)
        {
            var odds = level / (1 - level) * levels.Factor(pixel / Side, pixel % Side);
            return probabilities[pixel] >= odds / (1 + odds);
        }
        int Count(Func<int, bool> shows, bool west) =>
            Enumerable.Range(0, rain.Length).Count(pixel => pixel % Side < Side / 2 == west && shows(pixel));
        bool Anywhere(int pixel) => probabilities[pixel] >= level;
        return ((Count(Anywhere, true), Count(Anywhere, false)), Count(Here, true), Count(Here, false));
    }
}
