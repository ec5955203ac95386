using Xunit;

namespace ConvLstm.Nowcast.Tests.Architecture;

/// <summary>Lines end before column 140, but for those of SQL and markup in raw strings, and for addresses.</summary>
public sealed class LineLength
{
    private const int Longest = 140;

    [Fact]
    public void LinesOfCodeEndBeforeColumn140() => Assert.Empty(RepositoryFolder.Sources().SelectMany(TooLong));

    [Theory]
    [InlineData("var x = 1;", true)]
    [InlineData("// https://example.org/", false)]
    public void OnlyAddressesMayBeLonger(string start, bool isTooLong) =>
        Assert.Equal(isTooLong, Lines("code.cs", [start.PadRight(Longest + 1, '-')]).Any());

    [Fact]
    public void RawStringsOfSeveralLinesMayHaveLongerLines()
    {
        var line = new string('-', Longest + 1);
        Assert.Equal(["code.cs:4"], Lines("code.cs", ["Run(\"\"\"", line, "\"\"\");", line]));
    }

    private static IEnumerable<string> TooLong(string file) => Lines(RepositoryFolder.Relative(file), File.ReadLines(file));

    private static IEnumerable<string> Lines(string file, IEnumerable<string> lines)
    {
        var isRaw = false;
        foreach (var (index, line) in lines.Index())
        {
            if (line.Length > Longest && !isRaw && !line.Contains("://", StringComparison.Ordinal))
                yield return $"{file}:{index + 1}";
            isRaw ^= line.Split("\"\"\"").Length % 2 == 0;
        }
    }
}
