using System.Diagnostics.Metrics;

namespace ConvLstm.Nowcast.Jobs.Monitoring;

/// <summary>The meter whose instruments are all named <c>nowcast.…</c>, in base units.</summary>
internal static class NowcastMeter
{
    internal const string Name = "ConvLstm.Nowcast";

    internal static Meter Instance { get; } = new(Name);
}
