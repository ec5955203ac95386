using ConvLstm.Nowcast.Tests;
using ConvLstm.Nowcast.Tests.Jobs.Web;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace ConvLstm.Nowcast.Tests;

/// <summary>
/// Classes that drive a browser, which take minutes, then the other slow ones, then the rest: a long one that began last would run alone.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly Dictionary<string, int> Ranks = typeof(LongestFirst).Assembly.GetExportedTypes()
        .ToDictionary(type => type.FullName!, type => UsesBrowser(type) ? 0 : FastTests.Contains(type) ? 2 : 1, StringComparer.Ordinal);

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(RankOf).ThenBy(collection => collection.TestCollectionDisplayName, StringComparer.Ordinal)];

    /// <summary>
    /// A class is a collection of its own, which is called "Test collection for CLASS (id: …)"; others have names of their own.
    /// </summary>
    private static int RankOf<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection =>
        collection.TestCollectionDisplayName.Split(' ').Where(Ranks.ContainsKey).Select(word => Ranks[word]).DefaultIfEmpty(1).First();

    private static bool UsesBrowser(Type type) =>
        type.GetConstructors().SelectMany(constructor => constructor.GetParameters())
            .Any(given => given.ParameterType == typeof(Chromium));
}
