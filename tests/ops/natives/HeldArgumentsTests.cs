using ConvLstm.Nowcast.Natives;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Ops.Natives;

/// <summary>A scalar lives as long as the native function reads it.</summary>
public sealed class HeldArgumentsTests
{
    // Half a minute of collecting all the time showed some hundred failures in the assembly as it comes; a second shows several.
    [Fact]
    public void ScalarsOutliveTheCallsThatReadThem()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        var collecting = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collecting.Start();
        try
        {
            Parallel.For(0, 6, _ =>
            {
                using var scope = NewDisposeScope();
                using var frozen = no_grad();
                var (ones, none) = (torch.ones(4), zeros(4, dtype: ScalarType.Bool));
                while (!stop.IsCancellationRequested)
                {
                    using var step = NewDisposeScope();
                    Assert.Equal(3.25f, ones.mul(3.25f).masked_fill(none, float.NaN)[0].ToSingle());
                }
            });
        }
        finally
        {
            collecting.Join();
        }
    }

    [Fact]
    public void WhatIsMendedStaysAsItIs()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("TorchSharp.dll");
        File.Copy(typeof(torch).Assembly.Location, path);
        Assert.Equal(0, HeldArguments.Hold(path));
        File.WriteAllText(path, "no assembly");
        Assert.Throws<BadImageFormatException>(() => HeldArguments.Hold(path));
        Assert.Equal("no assembly", File.ReadAllText(path));
    }
}
