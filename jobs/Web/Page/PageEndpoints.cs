using System.IO.Compression;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace ConvLstm.Nowcast.Jobs.Web.Page;

/// <summary>The pages: the map at <c>/</c>, <c>/quality</c>, and what they are made of under <c>/assets</c>.</summary>
internal static class PageEndpoints
{
    /// <summary>Nothing from other hosts, nothing in frames of others; styles are set by scripts of the map library.</summary>
    private const string Policy =
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; frame-ancestors 'none'; base-uri 'none'; "
            + "form-action 'self'";

    private static readonly Lazy<PageFiles> Files = new(PageFiles.Load);

    /// <summary>A browser that asks for what is not there gets a page that leads on, a program problem+json.</summary>
    internal static Task AnswerWithoutBodyAsync(StatusCodeContext context)
    {
        var http = context.HttpContext;
        var isBrowser = http.Request.GetTypedHeaders().Accept.Any(type =>
            type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase));
        return http.Response.StatusCode == StatusCodes.Status404NotFound && HttpMethods.IsGet(http.Request.Method) && isBrowser
            ? Answer(http, Files.Value.Find("notfound.html")!, isPage: true).ExecuteAsync(http)
            : Results.Problem(statusCode: http.Response.StatusCode).ExecuteAsync(http);
    }

    internal static void Map(IEndpointRouteBuilder routes)
    {
        var files = Files.Value;
        foreach (var (path, name) in new[] { ("/", "map.html"), ("/quality", "quality.html") })
            routes.MapGet(path, (HttpContext context) => Answer(context, files.Find(name)!, isPage: true)).ExcludeFromDescription();
        routes.MapGet("/favicon.ico", () => TypedResults.Redirect("/assets/icon.svg", permanent: true)).ExcludeFromDescription();
        routes.MapGet("/assets/{**name}", (HttpContext context, string name) => files.Find(name) is { } file
            ? Answer(context, file, isPage: false)
            : throw HttpErrors.NotFound("The page has no such file.")).ExcludeFromDescription();
    }

    private static FileContentHttpResult Answer(HttpContext context, PageFile file, bool isPage)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = isPage ? "no-cache" : "public, max-age=3600";
        headers.XContentTypeOptions = "nosniff";
        headers.Vary = "Accept-Encoding";
        if (isPage)
        {
            headers.ContentSecurityPolicy = Policy;
            headers["Referrer-Policy"] = "same-origin";
        }
        var tag = new EntityTagHeaderValue($"\"{file.Tag}\"");
        if (!file.IsBrotli)
            return TypedResults.Bytes(file.Bytes, file.Type, entityTag: tag);
        if (context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal))
        {
            headers.ContentEncoding = "br";
            return TypedResults.Bytes(file.Bytes, file.Type, entityTag: tag);
        }
        using var compressed = new MemoryStream(file.Bytes.ToArray());
        using var plain = new MemoryStream();
        using (var brotli = new BrotliStream(compressed, CompressionMode.Decompress))
            brotli.CopyTo(plain);
        return TypedResults.Bytes(plain.ToArray(), file.Type, entityTag: new EntityTagHeaderValue($"\"{file.Tag}-plain\""));
    }
}
