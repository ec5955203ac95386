using System.Globalization;
using System.Text;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Web.Dashboard;
using ConvLstm.Nowcast.Jobs.Web.Frames;

namespace ConvLstm.Nowcast.Jobs.Studies;

/// <summary>A page in one file: text, tables, curves as SVG and pictures as data, so that it can be read anywhere and for ever.</summary>
internal sealed class StudyReport(string title)
{
    private const string Style = """
        body{font:15px/1.5 system-ui,sans-serif;color:#1b2733;background:#fff;max-width:1380px;margin:2rem auto;padding:0 1rem}p{max-width:1060px}
        h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid #d5dde5;padding-bottom:.2rem}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:13px}
        th,td{padding:.2rem .45rem;text-align:right;border-bottom:1px solid #e5ebf0}th{background:#f3f6f9;font-weight:600}
        td:first-child,th:first-child{text-align:left}tr.mark td{background:#fff6d8}
        .scroll{overflow-x:auto;margin-bottom:.6rem}.pictures{display:flex;flex-wrap:wrap;gap:6px;align-items:end;margin-bottom:6px}
        figure{margin:0;text-align:center}figcaption{font-size:11px;color:#5b6b7a}img{image-rendering:pixelated;border:1px solid #d5dde5}
        svg text{font:11px system-ui,sans-serif;fill:#44525f}.note{color:#5b6b7a}
        @media print{.scroll{overflow:visible}table{font-size:8px}th,td{padding:.1rem .2rem}}
        """;

    private static readonly string[] Colours = ["#1769aa", "#c2410c", "#15803d", "#7c3aed", "#be185d", "#0e7490"];
    private readonly StringBuilder _body = new();

    internal StudyReport Heading(string text) => Add(Html.Of($"<h2>{text}</h2>"));

    internal StudyReport Text(string text) => Add(Html.Of($"<p>{text}</p>"));

    internal StudyReport Note(string text) => Add(Html.Of($"<p class=\"note\">{text}</p>"));

    /// <param name="columns">The headings.</param>
    /// <param name="rows">The cells as they are shown.</param>
    /// <param name="marked">The row to point out; −1 for none.</param>
    internal StudyReport Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows, int marked = -1)
    {
        var head = Html.Join(columns.Select(c => Html.Of($"<th>{c}</th>")));
        var lines = Html.Join(rows.Select((row, i) =>
        {
            var cells = Html.Join(row.Select(c => Html.Of($"<td>{c}</td>")));
            return i == marked ? Html.Of($"<tr class=\"mark\">{cells}</tr>") : Html.Of($"<tr>{cells}</tr>");
        }));
        return Add(Html.Of($"<div class=\"scroll\"><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>"));
    }

    /// <summary>Grey pictures, 0 black and 1 white, each with a line below.</summary>
    internal StudyReport Pictures(int width, int magnified, IEnumerable<(string Caption, float[] Pixels)> pictures)
    {
        var figures = Html.Join(pictures.Select(p =>
        {
            var png = "data:image/png;base64," + Convert.ToBase64String(Grey(width, p.Pixels));
            return Html.Of($"<figure><img src=\"{png}\" width=\"{width * magnified}\" height=\"{p.Pixels.Length / width * magnified}\" alt=\"{p.Caption}\"><figcaption>{p.Caption}</figcaption></figure>");
        }));
        return Add(Html.Of($"<div class=\"pictures\">{figures}</div>"));
    }

    /// <summary>Lines over one axis.</summary>
    internal StudyReport Curves(string across, string up, IReadOnlyList<(string Name, IReadOnlyList<(double X, double Y)> Points)> lines)
    {
        const int Width = 640, Height = 272, Left = 64, Bottom = 36, Top = 24, Right = 130;
        var points = lines.SelectMany(l => l.Points).Where(p => double.IsFinite(p.Y)).ToList();
        if (points.Count == 0)
            return this;
        var (least, most, highest) = (points.Min(p => p.X), Math.Max(points.Max(p => p.X), points.Min(p => p.X) + 1e-9), Math.Max(points.Max(p => p.Y), 1e-9));
        string X(double x) => (Left + ((x - least) / (most - least) * (Width - Left - Right))).ToString("0.0", CultureInfo.InvariantCulture);
        string Y(double y) => (Height - Bottom - (y / highest * (Height - Bottom - Top))).ToString("0.0", CultureInfo.InvariantCulture);
        var grid = Html.Join(Enumerable.Range(0, 5).Select(i => highest * i / 4).Select(y =>
            Html.Of($"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(y)}\" y2=\"{Y(y)}\" stroke=\"#e5ebf0\"/><text x=\"{Left - 6}\" y=\"{Y(y)}\" text-anchor=\"end\" dy=\".35em\">{Short(y)}</text>")));
        var ticks = Html.Join(Enumerable.Range(0, 5).Select(i => least + ((most - least) * i / 4)).Select(x =>
            Html.Of($"<text x=\"{X(x)}\" y=\"{Height - Bottom + 14}\" text-anchor=\"middle\">{Short(x)}</text>")));
        var drawn = Html.Join(lines.Select((line, i) =>
        {
            var colour = Colours[i % Colours.Length];
            var path = string.Join(' ', line.Points.Where(p => double.IsFinite(p.Y)).Select(p => $"{X(p.X)},{Y(p.Y)}"));
            return Html.Of($"<polyline points=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.6\"/><text x=\"{Width - Right + 8}\" y=\"{Top + 12 + (16 * i)}\" style=\"fill:{colour}\">{line.Name}</text>");
        }));
        return Add(Html.Of($"<svg viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\" role=\"img\" aria-label=\"{up} against {across}\">{grid}{ticks}{drawn}<text x=\"{(Width - Right + Left) / 2}\" y=\"{Height - 4}\" text-anchor=\"middle\">{across}</text><text x=\"4\" y=\"10\">{up}</text></svg>"));
    }

    /// <exception cref="ReportedException">The file cannot be written.</exception>
    internal void Write(string path)
    {
        var page = Html.Of($"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>");
        try
        {
            File.WriteAllText(path, $"{page}<style>{Style}</style></head><body>{Html.Of($"<h1>{title}</h1>")}{_body}</body></html>\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReportedException($"{path} cannot be written ({e.Message}): name another --out.", e);
        }
    }

    /// <summary>A number with as many digits as tell something.</summary>
    internal static string Number(double value, string format = "0.0000") => double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "–";

    private static string Short(double value) => value.ToString(Math.Abs(value) is > 0 and < 0.1 ? "0.000" : "0.##", CultureInfo.InvariantCulture);

    private static byte[] Grey(int width, float[] pixels)
    {
        var shades = Array.ConvertAll(pixels, p => (byte)Math.Round(255 * (float.IsNaN(p) ? 0 : Math.Clamp(p, 0, 1))));
        var palette = Enumerable.Range(0, 256).Select(i => ((uint)i << 24) | ((uint)i << 16) | ((uint)i << 8) | 0xFF).ToArray();
        return IndexedPng.Encode(width, pixels.Length / width, shades, palette);
    }

    private StudyReport Add(Html html)
    {
        _body.Append(html).Append('\n');
        return this;
    }
}
