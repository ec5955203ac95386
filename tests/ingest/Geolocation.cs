using System.Diagnostics;
using System.Globalization;
using ConvLstm.Nowcast.Ingest.Formats;
using ConvLstm.Nowcast.Ingest.Projection;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ingest;

/// <summary>
/// Where the pixels of a file lie, against PROJ's own program: the centres as our locator gives them for the grid that was read,
/// projected by cs2cs with the string that the file was written from.
/// </summary>
public sealed class Geolocation
{
    private const int Width = 37, Height = 29;

    public static TheoryData<ProjectionCase> Places { get; } = new(ProjectionCases.All);

    [Theory]
    [MemberData(nameof(Places))]
    public async Task PixelCentresLieWithinAHundredthOfAPixelOfWherePROJHasThem(ProjectionCase place)
    {
        Assert.SkipWhen(!File.Exists("/usr/bin/cs2cs"), "cs2cs is not installed (proj-bin).");
        using var folder = new TemporaryFolder();
        var grid = place.Grid(Width, Height, place.IsGeographic ? 0.01 : 1000);
        var frame = Sample.RadarFrame(grid);
        var (cf, curvilinear, odim, knmi) =
            (folder.File("cf.nc"), folder.File("curvilinear.nc"), folder.File("odim.h5"), folder.File("knmi.h5"));
        new CfVariant { SouthFirst = true, Kilometres = true }.Write(cf, frame);
        new CfVariant { Curvilinear = true }.Write(curvilinear, frame);
        new OdimVariant().Write(odim, grid, Sample.Time, new double[grid.PixelCount]);
        List<string> files = [cf, curvilinear, odim];
        if (place.Proj == KnmiVariant.Proj)
        {
            new KnmiVariant().Write(knmi, grid, Sample.Time, new int[grid.PixelCount]);
            files.Add(knmi);
        }
        var pixels = (from row in (int[])[0, 14, Height - 1] from column in (int[])[0, 18, Width - 1] select (column, row)).ToArray();
        foreach (var path in files)
        {
            using var file = RadarFormats.Open(path);
            using var locator = new GridLocator(file.Grid);
            var projected = await ProjectAsync(place.Proj, [.. pixels.Select(p => locator.LonLat(p.column, p.row))]);
            foreach (var ((column, row), (x, y)) in pixels.Zip(projected))
            {
                Assert.Equal(0, (x - place.OriginX) / grid.PixelX - (column + 0.5), 0.01);
                Assert.Equal(0, (place.OriginY - y) / grid.PixelY - (row + 0.5), 0.01);
            }
        }
    }

    // The string itself, not our spelling of it; the same figure of the earth on both sides, so that no datum is shifted.
    private static async Task<(double X, double Y)[]> ProjectAsync(string proj, (double Longitude, double Latitude)[] places)
    {
        var parts = proj.Split(' ');
        using var cs2cs = Process.Start(new ProcessStartInfo("/usr/bin/cs2cs",
            ["-f", "%.9f", "+proj=longlat", .. parts.Where(p => p[..3] is "+el" or "+R=" or "+a=" or "+b="), "+to", .. parts])
        { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        foreach (var (longitude, latitude) in places)
            await cs2cs.StandardInput.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{longitude:R} {latitude:R}"));
        cs2cs.StandardInput.Close();
        var lines = (await cs2cs.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await cs2cs.WaitForExitAsync(TestContext.Current.CancellationToken);
        return [.. lines.Select(l => l.Split('\t', ' '))
            .Select(c => (double.Parse(c[0], CultureInfo.InvariantCulture), double.Parse(c[1], CultureInfo.InvariantCulture)))];
    }
}
