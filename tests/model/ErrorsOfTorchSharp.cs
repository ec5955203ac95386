using System.Runtime.InteropServices;
using ConvLstm.Nowcast.Model;
using Npgsql;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model;

public sealed class ErrorsOfTorchSharp
{
    [Fact]
    public void MemoryThatIsNotThereIsToldFromOtherErrors()
    {
        using var scope = NewDisposeScope();
        var memory = Assert.Throws<ExternalException>(() => empty([1L << 50]));
        var shapes = Assert.Throws<ExternalException>(() => ones([2, 3]).view(4, 2));

        Assert.True(TorchErrors.IsTorch(memory));
        Assert.True(TorchErrors.IsOutOfMemory(memory));
        Assert.True(TorchErrors.IsTorch(shapes));
        Assert.False(TorchErrors.IsOutOfMemory(shapes));
    }

    [Fact]
    public void ErrorsOfOthersAreNotTakenForThem()
    {
        Assert.False(TorchErrors.IsTorch(new NpgsqlException("out of memory")));
        Assert.False(TorchErrors.IsOutOfMemory(new IOException("not enough memory")));
    }
}
