using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace ConvLstm.Nowcast.Jobs.Web.Dashboard;

/// <summary>Markup. What is put into it is encoded, unless it is markup itself.</summary>
internal sealed class Html
{
    private readonly string _text;

    private Html(string text) => _text = text;

    internal static Html Empty { get; } = new("");

    internal static Html Of(Markup markup) => new(markup.ToString());

    internal static Html Join(IEnumerable<Html> parts) => new(string.Concat(parts));

    public override string ToString() => _text;

    /// <summary>An interpolated string whose holes are encoded.</summary>
    [InterpolatedStringHandler]
    internal readonly struct Markup
    {
        private readonly StringBuilder _text;

        public Markup(int literalLength, int formattedCount) => _text = new(literalLength + (formattedCount * 16));

        public void AppendLiteral(string literal) => _text.Append(literal);

        public void AppendFormatted(Html? html) => _text.Append(html);

        public void AppendFormatted<T>(T value) =>
            _text.Append(WebUtility.HtmlEncode(value is IFormattable number
                ? number.ToString(null, System.Globalization.CultureInfo.InvariantCulture) : value?.ToString()));

        public override string ToString() => _text.ToString();
    }
}
