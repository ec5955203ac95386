using System.Text.RegularExpressions;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Architecture;

/// <summary>A document that names a file that was moved sends its reader astray.</summary>
public sealed partial class PathsInDocuments
{
    [Fact]
    public void EveryFileAndFolderThatADocumentNamesIsThere()
    {
        var root = RepositoryFolder.File();
        var documents = Directory.GetFiles(root, "*.md").Concat(Directory.GetFiles(Path.Combine(root, "ops", "docs"), "*.md"))
            .ToDictionary(d => Path.GetRelativePath(root, d), File.ReadAllText);
        var named = documents.SelectMany(d => Named().Matches(d.Value).Select(m => (Document: d.Key, Path: m.Groups[1].Value))).ToList();
        var linked = documents.SelectMany(d => Linked().Matches(d.Value)
            .Where(m => !m.Groups[1].Value.Contains(':', StringComparison.Ordinal))
            .Select(m => (Document: d.Key, Path: Path.Combine(Path.GetDirectoryName(d.Key)!, m.Groups[1].Value)))).ToList();

        Assert.True(named.Count > 50 && linked.Count > 20, $"{named.Count} named, {linked.Count} linked");
        Assert.All(named.Concat(linked), x => Assert.True(Path.Exists(Path.Combine(root, x.Path)), $"{x.Document} names {x.Path}"));
    }

    [GeneratedRegex(@"`((?:ingest|model|nowcast|storage|jobs|tests|ops)/[\w./-]+)`")]
    private static partial Regex Named();

    [GeneratedRegex(@"\]\(([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Linked();
}
