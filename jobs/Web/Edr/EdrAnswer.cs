using ConvLstm.Nowcast.Storage.Queries;

namespace ConvLstm.Nowcast.Jobs.Web.Edr;

/// <summary>A place with the pixel that holds it.</summary>
/// <param name="Lon">Degrees.</param>
/// <param name="Lat">Degrees.</param>
/// <param name="Pixel">−1 outside of the grid.</param>
internal readonly record struct EdrPlace(double Lon, double Lat, int Pixel);

/// <summary>What a question is about, in longitude and latitude.</summary>
internal abstract record EdrDomain
{
    /// <summary>Values of one parameter.</summary>
    internal abstract long Count(int leads);

    /// <summary>Places, each at every lead.</summary>
    internal sealed record Places(IReadOnlyList<EdrPlace> At) : EdrDomain
    {
        internal override long Count(int leads) => (long)At.Count * leads;
    }

    /// <summary>Places, each at the lead of its own time.</summary>
    internal sealed record Path(IReadOnlyList<(EdrPlace Place, int Lead)> Steps) : EdrDomain
    {
        internal override long Count(int leads) => Steps.Count;
    }

    /// <summary>A raster, the first row north, at every lead.</summary>
    internal sealed record Raster(double[] Lons, double[] Lats, int[] Pixels) : EdrDomain
    {
        internal override long Count(int leads) => (long)Pixels.Length * leads;
    }
}

/// <summary>Numbers of a run.</summary>
/// <param name="Run">Where they are from.</param>
/// <param name="Domain">Where they are.</param>
/// <param name="Leads">When they are.</param>
/// <param name="Parameters">What they are.</param>
/// <param name="Addresses">Where they are to be had in each form, by its name.</param>
internal sealed record EdrAnswer(
    PackedRun Run, EdrDomain Domain, IReadOnlyList<int> Leads, IReadOnlyList<EdrParameter> Parameters,
    IReadOnlyDictionary<string, string> Addresses)
{
    internal float? Value(EdrParameter parameter, int lead, int pixel) => pixel < 0 ? null : parameter.Value(Run, lead, pixel);

    /// <summary>The values of a parameter: lead by lead, or step by step of a path.</summary>
    internal IEnumerable<float?> Values(EdrParameter parameter) => Domain switch
    {
        EdrDomain.Places places => Leads.SelectMany(_ => places.At, (lead, place) => Value(parameter, lead, place.Pixel)),
        EdrDomain.Path path => path.Steps.Select(step => Value(parameter, step.Lead, step.Place.Pixel)),
        EdrDomain.Raster raster => Leads.SelectMany(_ => raster.Pixels, (lead, pixel) => Value(parameter, lead, pixel)),
        _ => throw new InvalidOperationException($"no such domain: {Domain}"),
    };
}
