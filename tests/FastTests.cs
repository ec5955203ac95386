using System.Reflection;
using ConvLstm.Nowcast.Tests;
using ConvLstm.Nowcast.Tests.Jobs.Commands;
using ConvLstm.Nowcast.Tests.Jobs.Web;
using ConvLstm.Nowcast.Tests.Storage;
using Xunit;
using Xunit.v3;

[assembly: TestFramework(typeof(FastTests))]

namespace ConvLstm.Nowcast.Tests;

/// <summary>A class of tests that takes long for another reason than its fixtures: <c>ops/test.sh --fast</c> leaves it out.</summary>
/// <param name="reason">What takes long.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SlowAttribute(string reason) : Attribute
{
    public string Reason { get; } = reason;
}

/// <summary>
/// All tests, or those that run while one works, if <c>NOWCAST_TEST_FAST</c> is 1. A class that is given a database, a browser or a trained
/// model is not among them, nor one of a folder whose tests train or run the program, nor one that is
/// <see cref="SlowAttribute">slow</see>.
/// </summary>
public sealed class FastTests : XunitTestFramework
{
    private static readonly Type[] SlowFixtures = [typeof(TestCluster), typeof(PasswordServer), typeof(Chromium), typeof(TrainedModel)];

    private static readonly string[] SlowFolders =
        ["Jobs.Commands", "Model.Networks", "Model.Training", "Packages", "Studies", "Training"];

    protected override ITestFrameworkDiscoverer CreateDiscoverer(Assembly assembly) =>
        Environment.GetEnvironmentVariable("NOWCAST_TEST_FAST") == "1"
            ? new Discoverer(new XunitTestAssembly(assembly)) : base.CreateDiscoverer(assembly);

    internal static bool Contains(Type tests) =>
        tests.GetCustomAttribute<SlowAttribute>() is null && !IsSlow(tests)
        && !SlowFolders.Any(folder => tests.Namespace == $"{typeof(FastTests).Namespace}.{folder}");

    /// <summary>A fixture is given to a constructor, perhaps to that of another fixture.</summary>
    private static bool IsSlow(Type type) =>
        SlowFixtures.Contains(type)
        || type.GetConstructors().SelectMany(c => c.GetParameters()).Select(p => p.ParameterType)
            .Any(given => given.Assembly == type.Assembly && IsSlow(given));

    private sealed class Discoverer(IXunitTestAssembly tests) : XunitTestFrameworkDiscoverer(tests)
    {
        protected override bool IsValidTestClass(Type type) => base.IsValidTestClass(type) && Contains(type);
    }
}
