using ConvLstm.Nowcast.Natives;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ops.Natives;

/// <summary>What ops/natives does to a library that asks for a newer libstdc++ than a machine has.</summary>
public sealed class VersionsOfSymbols
{
    private const string Version = "GLIBCXX_3.4.32", Function = "_ZSt21ios_base_library_initv", Harmless = "_ZN3c108GradMode10is_enabledEv";

    [Fact]
    public void TheVersionOfTheOneSymbolBecomesAWishAndTheSymbolAnotherOne()
    {
        var library = MadeLibrary.Of(Version, [Function], "puts", Harmless);
        var before = (byte[])library.Clone();

        Assert.True(new SymbolVersions(library).MakeOptional(Version, Function, Harmless));

        // The flag, the version of the symbol, its name.
        Assert.Equal(3, before.Zip(library).Count(pair => pair.First != pair.Second));
        var again = Assert.Throws<InvalidDataException>(() => new SymbolVersions(library).MakeOptional("GLIBCXX_3.4", Function, Harmless));
        Assert.StartsWith("of GLIBCXX_3.4 it asks for ''", again.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatWasDoneIsNotDoneAgain()
    {
        var library = MadeLibrary.Of(Version, [Function], Harmless);
        new SymbolVersions(library).MakeOptional(Version, Function, Harmless);
        var once = (byte[])library.Clone();

        Assert.False(new SymbolVersions(library).MakeOptional(Version, Function, Harmless));
        Assert.Equal(once, library);
    }

    [Fact]
    public void AnotherLibraryThanExpectedIsLeftAloneAndNamed()
    {
        AssertRefused(MadeLibrary.Of(Version, [Function, "_ZSt9something"], Harmless),
            $"of {Version} it asks for '{Function}', '_ZSt9something', not for {Function} alone");
        AssertRefused(MadeLibrary.Of("GLIBCXX_3.4.33", [Function], Harmless), $"it does not ask for {Version}");
        AssertRefused(MadeLibrary.Of(Version, [Function], "puts"), $"it does not import {Harmless}");
    }

    [Fact]
    public void WhatIsNoLibraryIsRefused()
    {
        Assert.Throws<InvalidDataException>(() => new SymbolVersions("MZ and more"u8.ToArray()));
        var noSections = MadeLibrary.Of(Version, [Function], Harmless);
        noSections.AsSpan(0x3C, 2).Clear();
        Assert.Contains("no section", Assert.Throws<InvalidDataException>(() => new SymbolVersions(noSections)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void TheLibraryOfTorchSharpIsTheExpectedOne()
    {
        var library = File.ReadAllBytes(Original());
        var before = (byte[])library.Clone();

        Assert.True(new SymbolVersions(library).MakeOptional(Version, Function, Harmless));

        Assert.InRange(before.Zip(library).Count(pair => pair.First != pair.Second), 3, 7);
        Assert.False(new SymbolVersions(library).MakeOptional(Version, Function, Harmless));
        // These tests run with it, changed or, where libstdc++ is new enough, as it came.
        var used = File.ReadAllBytes(Path.Combine(Natives, "libLibTorchSharp.so"));
        Assert.True(used.SequenceEqual(library) || used.SequenceEqual(before));
    }

    [Fact]
    public void LibtorchLiesOnceOnAMachine()
    {
        var link = new FileInfo(Path.Combine(Natives, "libtorch_cpu.so"));

        Assert.NotNull(link.LinkTarget);
        Assert.True(new FileInfo(link.LinkTarget).Length > 100_000_000);
    }

    private static string Natives => Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native");

    /// <summary>In the package folder, where that of libtorch is too.</summary>
    private static string Original()
    {
        var libtorch = new FileInfo(Path.Combine(Natives, "libtorch_cpu.so")).LinkTarget!;
        var version = typeof(torch).Assembly.GetName().Version!.ToString(3);
        return Path.GetFullPath(Path.Combine(Path.GetDirectoryName(libtorch)!, "..", "..", "..", "..", "..", "torchsharp", version,
            "runtimes", "linux-x64", "native", "libLibTorchSharp.so"));
    }

    private static void AssertRefused(byte[] library, string message)
    {
        var before = (byte[])library.Clone();
        Assert.Equal(message, Assert.Throws<InvalidDataException>(() => new SymbolVersions(library)
            .MakeOptional(Version, Function, Harmless)).Message);
        Assert.Equal(before, library);
    }
}
