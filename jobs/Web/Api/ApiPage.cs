using Scalar.AspNetCore;

namespace ConvLstm.Nowcast.Jobs.Web.Api;

/// <summary><c>/api/docs</c>: the description of the API to be read and tried, by Scalar.</summary>
internal static class ApiPage
{
    /// <summary>Greys and greens that everybody can read on their ground: 4.5 to 1, WCAG 2.1, 1.4.3; Scalar's have 3.2 and 3.6.</summary>
    private const string Contrast = """
        .light-mode.light-mode { --scalar-color-3: #696969; --scalar-color-green: #00703f; }
        .dark-mode.dark-mode { --scalar-color-3: #a0a0a0; }
        """;

    /// <summary>Scalar's page does not say its language.</summary>
    private const string Language = "<script>document.documentElement.lang = 'en';</script>";

    internal static void Map(IEndpointRouteBuilder routes) => routes.MapScalarApiReference("/api/docs", page =>
    {
        // Everything from this service: no fonts of others, nothing told to anybody.
        page.Title = "ConvLstm.Nowcast";
        page.DefaultFonts = false;
        page.Telemetry = false;
        page.DefaultOpenAllTags = true;
        page.HideClientButton = true;
        page.HideDeveloperTools().DisableAgent().DisableMcp().WithCustomCss(Contrast).AddHeadContent(Language);
    }).ExcludeFromDescription();
}
