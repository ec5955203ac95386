using System.IO.Compression;
using System.Text.Json.Serialization;
using ConvLstm.Nowcast.Jobs.Settings;
using ConvLstm.Nowcast.Jobs.Web.Api;
using ConvLstm.Nowcast.Jobs.Web.Edr;
using ConvLstm.Nowcast.Jobs.Web.Frames;
using ConvLstm.Nowcast.Jobs.Web.Cache;
using ConvLstm.Nowcast.Jobs.Web.Page;
using ConvLstm.Nowcast.Jobs.Web.Quality;
using ConvLstm.Nowcast.Jobs.Web.Tiles;
using ConvLstm.Nowcast.Storage;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.ResponseCompression;

namespace ConvLstm.Nowcast.Jobs.Web;

/// <summary>The page and the API: what they need and where they are.</summary>
internal static class WebApi
{
    internal static void AddWebApi(this WebApplicationBuilder builder, NowcastSettings settings)
    {
        var services = builder.Services;
        builder.WebHost.ConfigureKestrel(server => server.Limits.MaxRequestBodySize = Limits.BodyBytes);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new AnswerSource(provider.GetRequiredService<NowcastDatabase>(), settings.Replica));
        services.AddSingleton<RunCache>();
        services.AddSingleton<RunEvents>();
        services.AddSingleton<RunLookup>();
        services.AddSingleton<FrameSource>();
        services.AddSingleton<Freshness>();
        services.AddHostedService<RunCacheRefresh>();
        services.ConfigureHttpJsonOptions(json =>
            json.SerializerOptions.NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals);
        services.AddOpenApi(ApiDescription.Configure);
        services.AddRateLimiter(limits => Limits.Configure(limits, settings.RequestsPerSecond));
        services.AddResponseCompression(compression =>
        {
            // Pages and maps are the same for everyone: there is no secret in them to be guessed from their length.
            compression.EnableForHttps = true;
            compression.Providers.Add<BrotliCompressionProvider>();
            compression.Providers.Add<GzipCompressionProvider>();
            compression.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, FrameAnswers.CompactType, "application/problem+json",
                "application/prs.coverage+json"];
        });
        services.Configure<BrotliCompressionProviderOptions>(brotli => brotli.Level = CompressionLevel.Fastest);
        services.Configure<GzipCompressionProviderOptions>(gzip => gzip.Level = CompressionLevel.Fastest);
        // Only a proxy on this machine is believed when it says who asks.
        services.Configure<ForwardedHeadersOptions>(headers =>
            headers.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto);
        if (settings.CorsOrigins is { Length: > 0 } origins)
        {
            services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
                .WithOrigins(origins.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)).WithMethods("GET", "POST")
                    .WithHeaders("Content-Type", "If-None-Match")));
        }
    }

    internal static void UseWebApi(this WebApplication app, NowcastSettings settings)
    {
        app.UseForwardedHeaders();
        app.UseResponseCompression();
        if (settings.CorsOrigins is { Length: > 0 })
            app.UseCors();
        app.UseWholeBodies();
        app.UseRateLimiter();
        app.UsePlainNumbers();
        app.MapOpenApi("/openapi/{documentName}.json");
        ApiPage.Map(app);
        GridEndpoints.Map(app);
        RunEndpoints.Map(app);
        FrameEndpoints.Map(app);
        PointEndpoints.Map(app);
        AreaEndpoints.Map(app);
        EventsEndpoint.Map(app);
        EdrEndpoints.Map(app);
        TileEndpoints.Map(app);
        QualityEndpoints.Map(app);
        PageEndpoints.Map(app);
    }
}
