using Xunit;

namespace ConvLstm.Nowcast.Tests.Torch;

public sealed class Scopes
{
    [Fact]
    public void AScopeFreesWhatWasMadeInItAndNothingElse()
    {
        Tensor inside, moved, detached;
        using var outer = NewDisposeScope();
        var before = ones([1]);
        using (var inner = NewDisposeScope())
        {
            inside = ones([1]);
            moved = ones([1]).MoveToOuterDisposeScope();
            detached = ones([1]).DetachFromDisposeScope();
            Assert.Equal(1, inner.DisposablesCount);
        }

        Assert.True(inside.IsInvalid);
        Assert.False(before.IsInvalid);
        Assert.False(moved.IsInvalid);
        Assert.Equal(2, outer.DisposablesCount);
        outer.Dispose();
        Assert.True(moved.IsInvalid);
        Assert.False(detached.IsInvalid);
        detached.Dispose();
    }

    [Fact]
    public void AModuleKeepsItsParametersBeyondTheScopeItWasMadeIn()
    {
        nn.Module<Tensor, Tensor> layer;
        using (NewDisposeScope())
            layer = nn.Conv2d(1, 2, 3);

        Assert.All(layer.parameters(), p => Assert.False(p.IsInvalid));
        layer.Dispose();
        Assert.All(layer.parameters(), p => Assert.True(p.IsInvalid));
    }

    [Fact]
    public void ManyStepsLeaveNoTensorBehind()
    {
        using var outer = NewDisposeScope();
        var weight = nn.Parameter(ones([16, 16]));
        using var optimizer = optim.Adam([weight], 1e-2);
        var owned = outer.DisposablesCount;
        for (var i = 0; i < 50; i++)
        {
            using var step = NewDisposeScope();
            optimizer.zero_grad();
            weight.square().sum().backward();
            nn.utils.clip_grad_norm_([weight], 1);
            optimizer.step();
        }

        Assert.Equal(owned, outer.DisposablesCount);
        Assert.True(weight.abs().max().item<float>() < 0.9f);
    }
}
