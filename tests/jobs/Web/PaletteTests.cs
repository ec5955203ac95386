using System.Globalization;
using ConvLstm.Nowcast.Jobs.Web.Frames;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Web;

/// <summary>Colours are seen: light rain on land and sea, and the steps of heavy rain by those who see no red or no green.</summary>
public sealed class PaletteTests
{
    // As basemap.js and common.css have land and sea.
    private static readonly Dictionary<string, (string Land, string Sea)> Ground = new()
    {
        [""] = ("#f4f2ec", "#dfe8ef"), ["-dark"] = ("#252e38", "#10161d"),
    };

    [Theory]
    [InlineData("standard", "")]
    [InlineData("standard", "-dark")]
    [InlineData("safe", "")]
    [InlineData("safe", "-dark")]
    public void LightRainStandsOutFromLandAndSea(string palette, string theme)
    {
        foreach (var rate in new[] { 0.12f, 0.6f })
        {
            var colour = Linear(Palettes.Find(FrameKind.Rate, palette + theme)![RainCode.OfRate(rate)]);
            foreach (var ground in new[] { Ground[theme].Land, Ground[theme].Sea })
            {
                // Far apart in lightness or in hue: 20 is a difference that nobody overlooks (CIE 1976).
                var difference = Difference(colour, Linear(Parse(ground)));
                Assert.True(difference > 20, $"{rate} mm/h on {ground} differs by {difference:0.0}");
            }
        }
    }

    /// <summary>Machado, Oliveira and Fernandes 2009, doi:10.1109/TVCG.2009.113, table 1, severity 1.</summary>
    [Theory]
    [InlineData("safe", "protan")]
    [InlineData("safe", "deutan")]
    [InlineData("safe-dark", "protan")]
    [InlineData("safe-dark", "deutan")]
    public void HeavyRainIsToldApartWithoutRedOrGreen(string palette, string sight)
    {
        double[] matrix = sight == "protan"
            ? [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998]
            : [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881];
        var table = Palettes.Find(FrameKind.Rate, palette)!;
        var steps = new[] { 20f, 30, 50, 100 }.Select(rate => Seen(Linear(table[RainCode.OfRate(rate * 1.05f)]), matrix)).ToList();
        for (var i = 1; i < steps.Count; i++)
        {
            for (var j = 0; j < i; j++)
                Assert.True(Difference(steps[i], steps[j]) > 15, $"steps {i} and {j} differ by {Difference(steps[i], steps[j]):0.0}");
        }
    }

    private static uint Parse(string colour) =>
        (uint.Parse(colour.AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture) << 8) | 0xFF;

    private static (double R, double G, double B) Linear(uint rgba)
    {
        return (One(rgba >> 24), One(rgba >> 16), One(rgba >> 8));

        static double One(uint value) => (value & 0xFF) / 255.0 is var c && c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4);
    }

    private static (double R, double G, double B) Seen((double R, double G, double B) c, double[] m) => (
        (m[0] * c.R) + (m[1] * c.G) + (m[2] * c.B), (m[3] * c.R) + (m[4] * c.G) + (m[5] * c.B), (m[6] * c.R) + (m[7] * c.G) + (m[8] * c.B));

    /// <summary>CIE 1976 L*a*b*, white D65: ISO/CIE 11664-4.</summary>
    private static double Difference((double R, double G, double B) a, (double R, double G, double B) b)
    {
        var (p, q) = (Lab(a), Lab(b));
        return Math.Sqrt(Math.Pow(p.L - q.L, 2) + Math.Pow(p.A - q.A, 2) + Math.Pow(p.B - q.B, 2));

        static (double L, double A, double B) Lab((double R, double G, double B) c)
        {
            var x = F(((0.4124 * c.R) + (0.3576 * c.G) + (0.1805 * c.B)) / 0.9505);
            var y = F((0.2126 * c.R) + (0.7152 * c.G) + (0.0722 * c.B));
            var z = F(((0.0193 * c.R) + (0.1192 * c.G) + (0.9505 * c.B)) / 1.089);
            return ((116 * y) - 16, 500 * (x - y), 200 * (y - z));
        }

        static double F(double t) => t > 0.008856 ? Math.Cbrt(t) : (7.787 * t) + (16 / 116.0);
    }
}
