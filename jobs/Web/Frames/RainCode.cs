using ConvLstm.Nowcast.Storage.Queries;

namespace ConvLstm.Nowcast.Jobs.Web.Frames;

/// <summary>
/// One byte a pixel. Rates and depths: 0 is not seen by the radar, 1 is dry, 2 … 254 is <see cref="LowestMmH"/> ·
/// <see cref="Factor"/>^(code − 2), at most 1.7 % off. Probabilities: 0 is not seen, 1 … 101 is per cent plus one. Everywhere 255: seen
/// by the radar, but the air that will be there comes from where it sees nothing.
/// </summary>
internal static class RainCode
{
    internal const byte Unknown = 0, Dry = 1, FirstRain = 2, LastRain = 254, FromOutside = 255;
    internal const float LowestMmH = 0.05f, HighestMmH = 200;

    internal static float Factor { get; } = MathF.Pow(HighestMmH / LowestMmH, 1f / (LastRain - FirstRain));

    /// <summary>By hundredths of mm/h.</summary>
    private static readonly byte[] Codes = MakeCodes();

    /// <summary>The middle of a code, mm/h (mm of a depth); 0 for dry, NaN where nothing can be said.</summary>
    internal static float Rate(byte code) => code switch
    {
        Unknown or FromOutside => float.NaN,
        Dry => 0,
        _ => LowestMmH * MathF.Pow(Factor, code - FirstRain),
    };

    internal static byte OfHundredths(ushort rate) => Codes[rate];

    internal static byte OfRate(float mmH) =>
        float.IsNaN(mmH) ? Unknown : Codes[(ushort)Math.Clamp((mmH * 100) + 0.5f, 0, PackedRun.Unknown - 1)];

    internal static byte OfPercent(byte percent) => percent == PackedRun.UnknownPercent ? Unknown : (byte)(percent + 1);

    private static byte[] MakeCodes()
    {
        var codes = new byte[ushort.MaxValue + 1];
        var log = MathF.Log(Factor);
        for (var rate = 0; rate < PackedRun.Unknown; rate++)
        {
            var step = MathF.Round(MathF.Log(rate / 100f / LowestMmH) / log);
            codes[rate] = rate / 100f < LowestMmH ? Dry : (byte)Math.Clamp(step + FirstRain, FirstRain, LastRain);
        }
        codes[PackedRun.Unknown] = Unknown;
        return codes;
    }
}
