using Microsoft.Net.Http.Headers;

namespace ConvLstm.Nowcast.Jobs.Web;

/// <summary>What the asker has already.</summary>
internal static class EntityTags
{
    /// <summary>True where the asker says that it holds this version: the work of making it can be saved.</summary>
    internal static bool Holds(HttpRequest request, EntityTagHeaderValue tag) =>
        request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false));
}
