using ConvLstm.Nowcast.Tests.Architecture;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Packages;

/// <summary>The folder that only a build with Hangfire has compiles: here against the list of Hangfire's signatures.</summary>
public sealed class HangfireSignatures
{
    private static readonly string[] Usings =
    [
        "System", "System.Collections", "System.Collections.Generic", "System.Linq.Expressions", "System.Threading", "System.Threading.Tasks", "Microsoft.AspNetCore.Builder",
        "Microsoft.AspNetCore.Http", "Microsoft.AspNetCore.Routing", "Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.Logging", "Npgsql", "Hangfire", "Hangfire.Client",
        "Hangfire.Common", "Hangfire.Dashboard", "Hangfire.Logging", "Hangfire.States", "Hangfire.Storage",
    ];

    [Fact]
    public async Task TheFolderOfTheEngineCompilesAgainstThem()
    {
        var errors = await StubbedPackage.CompileAsync(
            "ops/packages/Hangfire.txt", Usings, Directory.EnumerateFiles(System.IO.Path.Combine(ImportDirection.Repository(), "jobs/Schedule/Hangfire"), "*.cs"),
            [
                .. Compiler.ImplicitUsings, "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Http", "Microsoft.AspNetCore.Routing", "Microsoft.Extensions.DependencyInjection",
                "Microsoft.Extensions.Logging",
            ],
            TestContext.Current.CancellationToken);

        Assert.True(errors.Count == 0, $"These lines do not compile against ops/packages/Hangfire.txt: look the members up in Hangfire's public source.\n{string.Join('\n', errors.Take(20))}");
    }
}
