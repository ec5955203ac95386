using ScottPlot;

namespace ConvLstm.Nowcast.Jobs.Pictures;

/// <summary>A line of a chart.</summary>
/// <param name="Name">In the legend.</param>
/// <param name="Points">Those that are not finite are left out.</param>
internal sealed record ChartLine(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>Lines over one axis as SVG.</summary>
internal static class Chart
{
    internal const int Width = 680, Height = 290;
    private static readonly string[] Colours = ["#1769aa", "#c2410c", "#15803d", "#7c3aed", "#be185d", "#0e7490"];

    /// <returns>An SVG document; null where no point is finite.</returns>
    internal static string? Svg(string across, string up, IReadOnlyList<ChartLine> lines)
    {
        using var plot = new Plot();
        var most = double.NegativeInfinity;
        for (var i = 0; i < lines.Count; i++)
        {
            var points = lines[i].Points.Where(p => double.IsFinite(p.Y)).ToList();
            if (points.Count == 0)
                continue;
            var line = plot.Add.Scatter(points.ConvertAll(p => p.X), points.ConvertAll(p => p.Y),
                Color.FromHex(Colours[i % Colours.Length]));
            (line.LegendText, line.LineWidth, line.MarkerSize) = (lines[i].Name, 1.8f, points.Count == 1 ? 6 : 0);
            most = Math.Max(most, points.Max(p => p.Y));
        }
        if (double.IsNegativeInfinity(most))
            return null;
        // From zero on: small differences shall look small.
        plot.Axes.SetLimitsY(Math.Min(0, lines.SelectMany(l => l.Points).Where(p => double.IsFinite(p.Y)).Min(p => p.Y)),
            Math.Max(most * 1.05, 1e-9));
        plot.XLabel(across);
        plot.YLabel(up);
        plot.ShowLegend(Edge.Right);
        return plot.GetSvgXml(Width, Height);
    }
}
