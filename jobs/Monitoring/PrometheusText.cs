using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace ConvLstm.Nowcast.Jobs.Monitoring;

/// <summary>
/// The instruments of <see cref="NowcastMeter"/> as text for Prometheus, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/): names with base units, counters with <c>_total</c>.
/// </summary>
internal sealed class PrometheusText : IDisposable
{
    private static readonly double[] Seconds = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 14400];

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Family> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public PrometheusText()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == NowcastMeter.Name)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    internal string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder();
        lock (_gate)
        {
            foreach (var (name, family) in _families)
                family.Write(text, name);
        }
        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = Labels(tags);
        var kind = KindOf(instrument);
        var name = instrument.Name.Replace('.', '_') + (instrument.Unit == "s" ? "_seconds" : "") + (kind == "counter" ? "_total" : "");
        lock (_gate)
        {
            if (!_families.TryGetValue(name, out var family))
                _families.Add(name, family = new(kind, instrument.Description ?? ""));
            family.Take(labels, value, isSum: instrument is not ObservableGauge<double>);
        }
    }

    private static string KindOf(Instrument instrument) => instrument switch
    {
        Counter<long> => "counter",
        Histogram<double> => "histogram",
        _ => "gauge",
    };

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new List<string>();
        foreach (var (key, value) in tags)
            labels.Add($"{key}=\"{(value?.ToString() ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"");
        return string.Join(',', labels);
    }

    private sealed class Family(string kind, string description)
    {
        private readonly SortedDictionary<string, Series> _series = new(StringComparer.Ordinal);

        internal void Take(string labels, double value, bool isSum)
        {
            if (!_series.TryGetValue(labels, out var series))
                _series.Add(labels, series = new());
            series.Value = isSum ? series.Value + value : value;
            series.Count++;
            for (var i = 0; i < Seconds.Length; i++)
                series.Buckets[i] += value <= Seconds[i] ? 1 : 0;
        }

        internal void Write(StringBuilder text, string name)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {description}\n# TYPE {name} {kind}\n");
            foreach (var (labels, series) in _series)
            {
                if (kind == "histogram")
                    WriteHistogram(text, name, labels, series);
                else
                    text.Append(CultureInfo.InvariantCulture, $"{name}{(labels.Length == 0 ? "" : $"{{{labels}}}")} {series.Value}\n");
            }
        }

        private static void WriteHistogram(StringBuilder text, string name, string labels, Series series)
        {
            var before = labels.Length == 0 ? "" : labels + ",";
            for (var i = 0; i < Seconds.Length; i++)
                text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{before}le=\"{Seconds[i]}\"}} {series.Buckets[i]}\n");
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{before}le=\"+Inf\"}} {series.Count}\n");
            var braces = labels.Length == 0 ? "" : $"{{{labels}}}";
            text.Append(CultureInfo.InvariantCulture, $"{name}_sum{braces} {series.Value}\n{name}_count{braces} {series.Count}\n");
        }
    }

    private sealed class Series
    {
        internal double Value { get; set; }
        internal long Count { get; set; }
        internal long[] Buckets { get; } = new long[Seconds.Length];
    }
}
