using System.Globalization;
using System.Text;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Jobs.Pictures;
using ConvLstm.Nowcast.Jobs.Web.Dashboard;

namespace ConvLstm.Nowcast.Jobs.Studies;

/// <summary>A page in one file: text, tables, curves and pictures as data, so that it can be read anywhere and for ever.</summary>
internal sealed class StudyReport(string title)
{
    private const string Style = """
        body{font:15px/1.5 system-ui,sans-serif;color:#1b2733;background:#fff;max-width:1380px;margin:2rem auto;padding:0 1rem}p{max-width:1060px}
        h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid #d5dde5;padding-bottom:.2rem}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:13px}
        th,td{padding:.2rem .45rem;text-align:right;border-bottom:1px solid #e5ebf0}th{background:#f3f6f9;font-weight:600}
        td:first-child,th:first-child{text-align:left}tr.mark td{background:#fff6d8}
        .scroll{overflow-x:auto;margin-bottom:.6rem}.pictures{display:flex;flex-wrap:wrap;gap:6px;align-items:end;margin-bottom:6px}
        figure{margin:0;text-align:center}figcaption{font-size:11px;color:#5b6b7a}img{image-rendering:pixelated;border:1px solid #d5dde5}.chart{border:0;max-width:100%;height:auto;display:block}
        .note{color:#5b6b7a}
        @media print{.scroll{overflow:visible}table{font-size:8px}th,td{padding:.1rem .2rem}}
        """;

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
            var png = "data:image/png;base64," + Convert.ToBase64String(GreyPicture.Png(width, p.Pixels));
            return Html.Of($"<figure><img src=\"{png}\" width=\"{width * magnified}\" height=\"{p.Pixels.Length / width * magnified}\" "
                + $"alt=\"{p.Caption}\"><figcaption>{p.Caption}</figcaption></figure>");
        }));
        return Add(Html.Of($"<div class=\"pictures\">{figures}</div>"));
    }

    /// <summary>Lines over one axis.</summary>
    internal StudyReport Curves(string across, string up, IReadOnlyList<ChartLine> lines)
    {
        // As a picture of its own: the names inside of two drawings in one page would meet.
        if (Chart.Svg(across, up, lines) is { } drawing)
        {
            var svg = "data:image/svg+xml;base64," + Convert.ToBase64String(Encoding.UTF8.GetBytes(drawing));
            Add(Html.Of($"<img class=\"chart\" src=\"{svg}\" width=\"{Chart.Width}\" height=\"{Chart.Height}\" "
                + $"alt=\"{up} against {across}: {string.Join(", ", lines.Select(l => l.Name))}\">"));
        }
        return this;
    }

    /// <exception cref="ReportedException">The file cannot be written.</exception>
    internal void Write(string path)
    {
        var page = Html.Of($"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
            + $"<meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>");
        WholeFile.Write(path, $"{page}<style>{Style}</style></head><body>{Html.Of($"<h1>{title}</h1>")}{_body}</body></html>\n");
    }

    /// <summary>A number with as many digits as tell something.</summary>
    internal static string Number(double value, string format = "0.0000") =>
        double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture) : "–";

    private StudyReport Add(Html html)
    {
        _body.Append(html).Append('\n');
        return this;
    }
}
