using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Jobs.Pictures;

namespace ConvLstm.Nowcast.Jobs.Commands.Study;

/// <summary>Frames in a row on [0, 1], made small by means over squares.</summary>
internal static class FrameRuns
{
    internal static (int Width, int Height, IReadOnlyList<IReadOnlyList<float[]>> Runs) OfScans(IReadOnlyList<ScanSeries> series, int most,
        CancellationToken cancellation)
    {
        var grid = series[0].Grid;
        var runs = series.Where(s => s.Grid.Width == grid.Width && s.Grid.Height == grid.Height)
            .Select(s => (IReadOnlyList<float[]>)[.. s.Scans.Select(scan => Small(grid.Width, Grey(scan.Read(cancellation)), most))])
                .ToList();
        return (grid.Width / Factor(grid.Width, grid.Height, most), grid.Height / Factor(grid.Width, grid.Height, most), runs);
    }

    /// <exception cref="ReportedException">The folder has no pictures, or of several sizes.</exception>
    internal static (int Width, int Height, IReadOnlyList<IReadOnlyList<float[]>> Runs) OfPictures(string folder, int most)
    {
        if (!Directory.Exists(folder))
            throw new ReportedException($"--images {folder} is not there: give a folder of PNG pictures.");
        var pictures = Directory.EnumerateFiles(folder, "*.png").Order(StringComparer.Ordinal).Select(GreyPicture.Read).ToList();
        if (pictures.Count == 0)
            throw new ReportedException($"--images {folder} has no .png files: other pictures have to be converted first.");
        var width = pictures[0].Width;
        var height = pictures[0].Pixels.Length / width;
        if (pictures.Exists(p => p.Width != width || p.Pixels.Length != pictures[0].Pixels.Length))
            throw new ReportedException($"--images {folder}: the pictures are of several sizes: give frames of one size.");
        var factor = Factor(width, height, most);
        return (width / factor, height / factor, [[.. pictures.Select(p => Small(width, p.Pixels, most))]]);
    }

    private static float[] Grey(RadarFrame frame) =>
        Array.ConvertAll(frame.RainRate, r => float.IsNaN(r) ? 0 : Math.Min(1, Normalisation.Default.Apply(r)));

    private static int Factor(int width, int height, int most) => (Math.Max(width, height) + most - 1) / most;

    private static float[] Small(int width, float[] frame, int most)
    {
        var height = frame.Length / width;
        var factor = Factor(width, height, most);
        var (columns, rows) = (width / factor, height / factor);
        var small = new float[columns * rows];
        for (var row = 0; row < rows * factor; row++)
        {
            for (var column = 0; column < columns * factor; column++)
                small[(row / factor * columns) + (column / factor)] += frame[(row * width) + column] / (factor * factor);
        }
        return small;
    }
}
