using System.ComponentModel;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ConvLstm.Nowcast.Jobs.Web.Frames;
using ConvLstm.Nowcast.Jobs.Web.Cache;
using ConvLstm.Nowcast.Storage.Queries;
using Microsoft.AspNetCore.Mvc;

namespace ConvLstm.Nowcast.Jobs.Web.Edr;

/// <summary>What all queries of EDR share. The description of the API reads attributes of properties only.</summary>
/// <param name="Context">Who asks.</param>
/// <param name="Runs">The runs.</param>
/// <param name="Grid">The collection.</param>
/// <param name="Parameters">Names with commas between them; all where left out.</param>
/// <param name="Datetime">A time or an interval, UTC.</param>
/// <param name="Crs">Of the coordinates.</param>
/// <param name="F">The output format.</param>
internal sealed record EdrQuestion(
    HttpContext Context, RunLookup Runs, [property: FromRoute(Name = "grid")] string Grid,
    [property: FromQuery(Name = "parameter-name")] string? Parameters,
    [property: FromQuery(Name = "datetime"), Description("A time or an interval, UTC: 2024-06-01T12:00:00Z/..")] string? Datetime,
    [property: FromQuery(Name = "crs"), Description("CRS84, also when left out.")] string? Crs,
    [property: FromQuery(Name = "f"), Description("CoverageJSON (when left out), GeoJSON or NetCDF.")] string? F)
{
    /// <summary>The numbers for what a question is about.</summary>
    /// <param name="run">The instance; the newest where it is left out.</param>
    /// <param name="domainOf">From the grid, the run and the leads that are asked for.</param>
    /// <param name="cancellation">Before the work.</param>
    internal async Task<IResult> AnswerAsync(long? run, Func<CachedGrid, RunSummary, IReadOnlyList<int>, EdrDomain> domainOf,
        CancellationToken cancellation)
    {
        var format = EdrFormats.Named(F);
        if (Crs is not (null or "CRS84" or "EPSG:4326" or "OGC:CRS84" or CoverageJson.Crs84))
            throw HttpErrors.BadRequest("Coordinates are longitude and latitude: crs=CRS84.");
        var cached = Runs.Grid(Grid);
        var summary = await RunAsync(cached, run, cancellation);
        var chosen = EdrParameter.Chosen(summary, Parameters);
        var leads = EdrTimes.Leads(summary, Datetime);
        var domain = domainOf(cached, summary, leads);
        if (domain.Count(leads.Count) * chosen.Count is var values and > EdrEndpoints.MostValues)
            throw HttpErrors.PayloadTooLarge(
                $"The answer has {values} values; at most {EdrEndpoints.MostValues}: ask for a smaller area, fewer "
                + "parameters or a shorter time.");
        var maps = await Runs.MapsAsync(summary, null, cancellation);
        var answer = new EdrAnswer(maps, domain, leads, chosen, Addresses());
        return FrameAnswers.Answer(Context, format.Write(answer), format.Type, Version(summary), format.Name);
    }

    private async Task<RunSummary> RunAsync(CachedGrid cached, long? run, CancellationToken cancellation)
    {
        if (run is null)
            return await Runs.NewestAsync(cached, null, cancellation);
        var summary = await Runs.RunAsync(run.Value, cancellation);
        return summary.Grid == cached.Name ? summary
            : throw HttpErrors.NotFound($"Run {run} is one of {summary.Grid}, not of {cached.Name}.");
    }

    /// <summary>Of this question, by the name of the form.</summary>
    private Dictionary<string, string> Addresses()
    {
        List<KeyValuePair<string, string?>> asked = [.. Context.Request.Query.Where(pair => pair.Key != "f")
            .SelectMany(pair => pair.Value, (pair, value) => KeyValuePair.Create(pair.Key, value))];
        var here = EdrEndpoints.Root(Context) + Context.Request.Path.ToUriComponent()["/edr".Length..];
        return EdrFormats.Names.ToDictionary(name => name,
            name => here + QueryString.Create(asked.Append(KeyValuePair.Create<string, string?>("f", name))));
    }

    private string Version(RunSummary summary)
    {
        var asked = SHA256.HashData(Encoding.UTF8.GetBytes(Context.Request.Path + Context.Request.QueryString.Value));
        return $"{summary.RunId}-{summary.PublishedAt.UtcTicks:x}-{Convert.ToHexStringLower(asked[..6])}";
    }

    /// <summary>A length of a question in metres.</summary>
    /// <exception cref="BadHttpRequestException">It is none, or of a unit that is not known.</exception>
    internal static double Metres(string name, string? value, string unitName, string? unit)
    {
        if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !(number > 0)
            || !double.IsFinite(number))
            throw HttpErrors.BadRequest($"{name} is a number above 0: add {name}=10&{unitName}=km.");
        var metres = number * (unit switch
        {
            "km" => 1000,
            "m" => 1,
            "mi" => 1609.344,
            "nmi" => 1852,
            null => throw HttpErrors.BadRequest($"{name} has a unit: add {unitName}=km."),
            _ => throw HttpErrors.BadRequest($"{unitName} is km, m, mi or nmi."),
        });
        return metres <= 1_000_000 ? metres : throw HttpErrors.PayloadTooLarge($"{name} is at most 1000 km.");
    }
}
