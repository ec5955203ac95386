using Xunit;

namespace ConvLstm.Nowcast.Tests.Architecture;

/// <summary>The jobs know no scheduler: whoever changes it changes one folder.</summary>
public sealed class EngineIsOneFolder
{
    [Theory]
    [InlineData("Quartz")]
    [InlineData("Hangfire")]
    public void OnlyTheFolderOfTheEngineUsesIt(string name)
    {
        var jobs = System.IO.Path.Combine(ImportDirection.Repository(), "jobs");
        var engine = System.IO.Path.Combine(jobs, "Schedule", name);
        var users = Directory.EnumerateFiles(jobs, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.StartsWith(engine, StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .Where(file => File.ReadLines(file).Any(line => line.StartsWith($"using {name}", StringComparison.Ordinal) || line.Contains($"global::{name}", StringComparison.Ordinal))).ToArray();

        Assert.Contains(Directory.EnumerateFiles(engine, "*.cs"), file => File.ReadAllText(file).Contains($"using {name};", StringComparison.Ordinal));
        Assert.Empty(users);
    }
}
