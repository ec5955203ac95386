using ConvLstm.Nowcast.Model;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model;

/// <summary>The numbers of a tensor come out row by row, however it lies in memory.</summary>
public sealed class TensorValueTests
{
    [Fact]
    public void ViewsAndOtherTypesComeOutRowByRow()
    {
        using var scope = NewDisposeScope();
        var rows = tensor(new double[] { 1, 2, 3, 4, 5, 6 }, [2, 3]);
        Assert.Equal([1, 2, 3, 4, 5, 6], rows.ToFloats());
        Assert.Equal([1, 4, 2, 5, 3, 6], rows.transpose(0, 1).ToFloats());
        Assert.Equal([5, 6], rows.to_type(ScalarType.Float32)[1].narrow(0, 1, 2).ToFloats());
        Assert.Equal([7], tensor(7f, requires_grad: true).ToFloats());
        Assert.Empty(empty(0).ToFloats());
    }

    [Fact]
    public void AnArrayOfAnotherLengthIsRefused()
    {
        using var numbers = ones(4);
        var four = new float[4];
        numbers.CopyFloats(four);
        Assert.Equal([1, 1, 1, 1], four);
        var error = Assert.Throws<ArgumentException>(() => numbers.CopyFloats(new float[5]));
        Assert.Contains("4 numbers do not fill an array of 5", error.Message, StringComparison.Ordinal);
    }
}
