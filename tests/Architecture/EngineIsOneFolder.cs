using Xunit;

namespace ConvLstm.Nowcast.Tests.Architecture;

/// <summary>The jobs know no scheduler: whoever changes it changes one folder and the line that chooses it.</summary>
public sealed class EngineIsOneFolder
{
    [Fact]
    public void OnlyTheFolderOfTheEngineUsesIt()
    {
        var jobs = System.IO.Path.Combine(ImportDirection.Repository(), "jobs");
        var engine = System.IO.Path.Combine(jobs, "Schedule", "Quartz");
        var users = Directory.EnumerateFiles(jobs, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.StartsWith(engine, StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .Where(file => File.ReadLines(file).Any(line => line is "using Quartz;" || line.Contains("global::Quartz", StringComparison.Ordinal))).ToArray();

        Assert.Contains(Directory.EnumerateFiles(engine, "*.cs"), file => File.ReadAllText(file).Contains("using Quartz;", StringComparison.Ordinal));
        Assert.Empty(users);
    }
}
