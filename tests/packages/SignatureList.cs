using System.Text;
using System.Text.RegularExpressions;

namespace ConvLstm.Nowcast.Tests.Packages;

/// <summary>
/// A list of the signatures of a package that our sources rely on (<c>ops/nuget/*.txt</c>), and the C# of a library that has just those:
/// <c>[declaration of a type]</c>, then its members, one a line; what follows <c>#</c> is for people.
/// </summary>
internal sealed partial record SignatureList(string File, IReadOnlyList<SignatureList.Section> Sections)
{
    /// <param name="Outer">The dotted name before that of the type.</param>
    /// <param name="Name">The name of the type, without type parameters.</param>
    /// <param name="Declaration">As C# has it, with the name alone.</param>
    /// <param name="Members">One a line of the list.</param>
    internal sealed record Section(string Outer, string Name, string Declaration, IReadOnlyList<string> Members);

    [GeneratedRegex(@"^\[(?<before>[\w ]*?(class|struct|interface|enum|delegate [\w.<>?]+)) (?<outer>[\w.]+)\.(?<name>\w+)(?<after>.*)\]")]
    private static partial Regex Header();

    internal static SignatureList Read(string file)
    {
        var sections = new List<Section>();
        var members = new List<string>();
        foreach (var text in System.IO.File.ReadLines(file))
        {
            var line = text.Split("  #")[0].Trim();
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line[0] != '[')
            {
                members.Add(line);
                continue;
            }
            var header = Header().Match(line);
            if (!header.Success)
                throw new InvalidDataException($"{file}: '{line}' is no declaration of a type with its namespace.");
            members = [];
            sections.Add(new(header.Groups["outer"].Value, header.Groups["name"].Value,
                $"{header.Groups["before"]} {header.Groups["name"]}{header.Groups["after"]}", members));
        }
        return new(file, sections);
    }

    /// <param name="usings">What its own declarations leave out.</param>
    internal string ToSource(params string[] usings)
    {
        var source = new StringBuilder("#nullable enable\n");
        foreach (var name in usings)
            source.Append($"using {name};\n");
        foreach (var section in Sections)
            Append(source, section);
        return source.ToString();
    }

    private void Append(StringBuilder source, Section section)
    {
        // The types around it stand in the list too; what is left of the name is the namespace.
        var around = new List<Section>();
        var outer = section.Outer;
        while (Sections.FirstOrDefault(s => $"{s.Outer}.{s.Name}" == outer
            && !s.Declaration.Split(" : ")[0].Contains('<', StringComparison.Ordinal)) is { } type)
        {
            around.Insert(0, type);
            outer = type.Outer;
        }
        source.Append($"namespace {outer} {{\n");
        foreach (var type in around)
            source.Append($"{Partial(type.Declaration)} {{\n");
        if (section.Declaration.Contains(" delegate ", StringComparison.Ordinal))
            source.Append($"{section.Declaration};\n");
        else
            source.Append($"{Partial(section.Declaration)} {{\n{Body(section)}}}\n");
        source.Append(string.Concat(Enumerable.Repeat("}", around.Count + 1))).Append('\n');
    }

    private static string Body(Section section)
    {
        var kind = section.Declaration;
        if (kind.Contains(" enum ", StringComparison.Ordinal))
            return string.Concat(section.Members.Select(m => m + ",\n"));
        var isInterface = kind.Contains(" interface ", StringComparison.Ordinal);
        var body = string.Concat(section.Members.Select(m => Member(m, isInterface) + "\n"));
        // So that derived classes of the list need not say how they begin; nobody outside sees it.
        var needsStart = kind.Contains(" class ", StringComparison.Ordinal) && !kind.Contains(" static ", StringComparison.Ordinal)
            && !section.Members.Any(m => m.Contains($" {section.Name}()", StringComparison.Ordinal));
        return needsStart ? $"{body}internal {section.Name}() {{ }}\n" : body;
    }

    private static string Member(string member, bool isInterface)
    {
        if (isInterface || member.Contains(" abstract ", StringComparison.Ordinal))
            return member.EndsWith('}') ? member : member + ";";
        if (member.EndsWith('}'))
            return member.Replace("get;", "get => throw null!;", StringComparison.Ordinal).Replace("set;", "set => throw null!;",
                StringComparison.Ordinal).Replace("init;", "init => throw null!;", StringComparison.Ordinal);
        return member.Split(" = ")[0].Contains('(', StringComparison.Ordinal) ? member + " => throw null!;" : member + ";";
    }

    private static string Partial(string declaration) => PartialKind().Replace(declaration, "partial $1 ", 1);

    [GeneratedRegex(@"\b(class|struct|interface) ")]
    private static partial Regex PartialKind();
}
