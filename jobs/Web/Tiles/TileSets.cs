using System.Globalization;
using System.Text.Json.Nodes;
using ConvLstm.Nowcast.Jobs.Web.Edr;
using ConvLstm.Nowcast.Jobs.Web.Frames;
using ConvLstm.Nowcast.Jobs.Web.Cache;

namespace ConvLstm.Nowcast.Jobs.Web.Tiles;

/// <summary>
/// OGC API – Tiles 1.0, OGC 20-057, https://docs.ogc.org/is/20-057/20-057.html: map tiles of each grid in WebMercatorQuad, beside the
/// collections of EDR.
/// </summary>
internal static class TileSets
{
    internal const string Relation = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-map";
    private const string Tag = "Tiles", Quad = "WebMercatorQuad",
        QuadAddress = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad",
        Mercator = "http://www.opengis.net/def/crs/EPSG/0/3857";

    /// <summary>Half the side of the world in metres, and the scale at zoom 0 with pixels of 0.28 mm: OGC 17-083r4, annex D.1.</summary>
    private const double HalfWorld = 20037508.342789244, ScaleAtZero = 559082264.0287178;

    internal static IReadOnlyList<string> Conformance { get; } =
        ["ogcapi-tiles-1/1.0/conf/core", "ogcapi-tiles-1/1.0/conf/tileset", "ogcapi-tiles-1/1.0/conf/tilesets-list",
            "ogcapi-tiles-1/1.0/conf/geodata-tilesets", "ogcapi-tiles-1/1.0/conf/png"];

    internal static void Map(IEndpointRouteBuilder routes)
    {
        var root = routes.MapGroup("/edr").WithTags(Tag);
        root.MapGet("/tileMatrixSets", (HttpContext context) => new JsonObject
        {
            ["tileMatrixSets"] = new JsonArray(new JsonObject
            {
                ["id"] = Quad, ["title"] = "Web Mercator", ["uri"] = QuadAddress, ["links"] = new JsonArray(
                    EdrCollections.Link($"{EdrEndpoints.Root(context)}/tileMatrixSets/{Quad}", "self", "application/json")),
            }),
        }).WithSummary("The tilings that there are.");
        root.MapGet("/tileMatrixSets/{tiling}", (string tiling) => Tiling(tiling)).WithSummary("A tiling.").ProducesProblem(404);
        root.MapGet("/collections/{grid}/map/tiles", (HttpContext context, RunLookup runs, string grid) => new JsonObject
        {
            ["links"] = new JsonArray(
                EdrCollections.Link($"{EdrEndpoints.Address(context, runs.Grid(grid))}/map/tiles", "self", "application/json")),
            ["tilesets"] = new JsonArray(Describe(context, runs.Grid(grid))),
        }).WithSummary("The tile sets of a grid.").ProducesProblem(404);
        root.MapGet("/collections/{grid}/map/tiles/{tiling}", (HttpContext context, RunLookup runs, string grid, string tiling) =>
            Named(tiling) is null ? null : Describe(context, runs.Grid(grid)))
            .WithSummary("A tile set.").ProducesProblem(404);
        root.MapGet("/collections/{grid}/map/tiles/{tiling}/{tileMatrix:int}/{tileRow:int}/{tileCol:int}", TileAsync)
            .WithSummary("A tile: the first map of the newest run at or after a datetime, or of all.")
                .Produces(StatusCodes.Status200OK, contentType: FrameAnswers.PngType).ProducesProblem(400).ProducesProblem(404);
    }

    private static async Task<IResult> TileAsync(
        HttpContext context, RunLookup runs, FrameSource frames, string grid, string tiling, int tileMatrix, int tileRow, int tileCol,
            string? datetime, string? palette, CancellationToken cancellation)
    {
        Named(tiling);
        var cached = runs.Grid(grid);
        var run = await runs.NewestAsync(cached, null, cancellation);
        var frame = await frames.ForecastAsync(run, run.LeadSeconds[EdrTimes.Leads(run, datetime)[0]], new(FrameLayer.Rate), cancellation);
        return TileEndpoints.Tile(context, cached, frame, tileMatrix, tileCol, tileRow, palette);
    }

    private static string Named(string tiling) =>
        tiling == Quad ? tiling : throw HttpErrors.NotFound($"There is no tiling '{tiling}'; there is {Quad}.");

    private static JsonObject Describe(HttpContext context, CachedGrid grid)
    {
        var (address, box) = ($"{EdrEndpoints.Address(context, grid)}/map/tiles/{Quad}", GridOutline.LonLatBox(grid));
        return new()
        {
            ["title"] = $"Rain of {grid.Name}",
            ["dataType"] = "map",
            ["crs"] = Mercator,
            ["tileMatrixSetURI"] = QuadAddress,
            ["boundingBox"] = new JsonObject
            {
                ["lowerLeft"] = new JsonArray(box[0], box[1]), ["upperRight"] = new JsonArray(box[2], box[3]), ["crs"] = CoverageJson.Crs84,
            },
            ["links"] = new JsonArray(
                EdrCollections.Link(address, "self", "application/json"),
                EdrCollections.Link($"{EdrEndpoints.Root(context)}/tileMatrixSets/{Quad}",
                    "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme", "application/json"),
                new JsonObject
                {
                    ["href"] = address + "/{tileMatrix}/{tileRow}/{tileCol}", ["rel"] = "item",
                    ["type"] = FrameAnswers.PngType, ["templated"] = true
                }),
        };
    }

    /// <summary>OGC Two Dimensional Tile Matrix Set 2.0, OGC 17-083r4.</summary>
    private static JsonObject Tiling(string tiling) => new()
    {
        ["id"] = Named(tiling),
        ["title"] = "Web Mercator",
        ["uri"] = QuadAddress,
        ["crs"] = Mercator,
        ["orderedAxes"] = new JsonArray("X", "Y"),
        ["wellKnownScaleSet"] = "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        ["tileMatrices"] = new JsonArray([.. Enumerable.Range(0, WebMercator.HighestZoom + 1).Select(zoom => (JsonNode)new JsonObject
        {
            ["id"] = zoom.ToString(CultureInfo.InvariantCulture),
            ["scaleDenominator"] = ScaleAtZero / (1L << zoom),
            ["cellSize"] = 2 * HalfWorld / WebMercator.TileSize / (1L << zoom),
            ["cornerOfOrigin"] = "topLeft",
            ["pointOfOrigin"] = new JsonArray(-HalfWorld, HalfWorld),
            ["tileWidth"] = WebMercator.TileSize,
            ["tileHeight"] = WebMercator.TileSize,
            ["matrixWidth"] = 1L << zoom,
            ["matrixHeight"] = 1L << zoom,
        })]),
    };
}
