using System.Globalization;

namespace ConvLstm.Nowcast.Ingest.Projection;

/// <summary>Universal transverse Mercator, spelled out as the transverse Mercator that it is, because CF knows only that.</summary>
internal static class Utm
{
    internal static void Expand(Dictionary<string, string> given)
    {
        if (!given.Remove("zone", out var text) || !int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var zone)
            || zone is < 1 or > 60)
            throw new FormatException($"+proj=utm needs a +zone from 1 to 60, not '{text}'.");
        given["proj"] = "tmerc";
        given["lat_0"] = "0";
        given["lon_0"] = ProjString.Text((zone * 6) - 183);
        given["k_0"] = "0.9996";
        given["x_0"] = "500000";
        given["y_0"] = given.Remove("south") ? "10000000" : "0";
    }
}
