using ConvLstm.Nowcast.Model.Kernels;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model.Kernels;

/// <summary>Alone, because tensors are counted for the whole process.</summary>
[CollectionDefinition(nameof(BackwardPasses), DisableParallelization = true)]
[Collection(nameof(BackwardPasses))]
public sealed class BackwardPasses
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NoTensorIsLeftBehindInThreeHundredSteps(bool recompute)
    {
        using var scope = NewDisposeScope();
        var size = new LayerSize(6, 6, 4, 3, 2, 3);
        var layer = ConvLstmOperators.Random(size, input: true, started: true, relu: false);
        Step();
        var before = Tensor.TotalCount;

        for (var step = 0; step < 300; step++)
            Step();

        Assert.Equal(before, Tensor.TotalCount);

        // All three results have a gradient here: TorchSharp 0.107 counts the missing gradient of an output as a tensor for ever, though
        // it holds nothing.
        void Step()
        {
            using var inner = NewDisposeScope();
            layer.ByKernel(size.Steps, recompute, KernelOptions.Default);
        }
    }

    [Fact]
    public void WhatGoesWrongInAGradientIsThrownWhenThePassHasReturned()
    {
        using var scope = NewDisposeScope();
        var leaf = ones([2], requires_grad: true);

        var error = Assert.Throws<InvalidOperationException>(() => Backpropagation.Run((Failing.apply(leaf) * 2).sum()));

        Assert.Equal(Failing.Message, error.Message);
        // And the next pass knows nothing of it.
        Backpropagation.Run((leaf * 3).sum());
        Assert.Equal(3, leaf.grad![0].item<float>());
    }

    [Fact]
    public void ASecondDerivativeIsRefused()
    {
        using var scope = NewDisposeScope();
        Tensor state = rand([1, 2, 4, 4], requires_grad: true), weight = rand([8, 2, 3, 3]), bias = rand([8]);
        var (hidden, _, _) = ConvLstmKernel.Unroll(null, state, state, null, weight, bias, new(1, false, false, KernelOptions.Default));

        Assert.Throws<NotSupportedException>(() => Backpropagation.Run(hidden.sum(), createGraph: true));
    }

    private sealed class Failing : autograd.SingleTensorFunction<Failing>
    {
        internal const string Message = "no gradient today";

        public override string Name => nameof(Failing);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars) => ((Tensor)vars[0]).clone();

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
            Backpropagation.Guarded(1, [grad_output], () => throw new InvalidOperationException(Message));
    }
}
