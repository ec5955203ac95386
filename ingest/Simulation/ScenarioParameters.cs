namespace ConvLstm.Nowcast.Ingest.Simulation;

/// <summary>The numbers behind a scenario.</summary>
/// <param name="WetShare">The part of the area that the wide field wets on average.</param>
/// <param name="BaseRate">mm/h by which the exponential of the field is multiplied.</param>
/// <param name="Spread">The standard deviation of the logarithm of the rate.</param>
/// <param name="SpectralSlope">β of the power spectrum k^−β; rain has 2 to 3.</param>
/// <param name="CellsPerMegapixel">Convective cells alive at a time.</param>
internal sealed record ScenarioParameters(double WetShare, double BaseRate, double Spread, double SpectralSlope, double CellsPerMegapixel)
{
    internal static ScenarioParameters Of(RainScenario scenario) => scenario switch
    {
        RainScenario.Stratiform => new(0.30, 0.9, 1.05, 3.4, 0),
        RainScenario.Convective => new(0.07, 0.5, 1.0, 3.0, 1000),
        _ => new(0.20, 0.7, 1.0, 3.2, 450),
    };
}
