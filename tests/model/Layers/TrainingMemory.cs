using ConvLstm.Nowcast.Model.Kernels;
using ConvLstm.Nowcast.Model.Layers;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model.Layers;

/// <summary>Alone, because tensors are counted for the whole process.</summary>
[Slow("Trains, alone on the machine.")]
[CollectionDefinition(nameof(TrainingMemory), DisableParallelization = true)]
[Collection(nameof(TrainingMemory))]
public sealed class TrainingMemory
{
    private const int Side = 48, Channels = 16, Steps = 6;

    [Fact]
    public void AfterTheTenthStepNoStepLeavesATensorBehind()
    {
        using var scope = NewDisposeScope();
        using var cell = new ConvLstmCell(4, Channels, 3, peepholes: false);
        using var optimizer = optim.Adam(cell.parameters(), 1e-3);
        Train(cell, optimizer, 10);
        var early = Tensor.TotalCount;

        Train(cell, optimizer, 60);

        Assert.Equal(early, Tensor.TotalCount);
    }

    private static void Train(ConvLstmCell cell, optim.Optimizer optimizer, int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            // All results have a gradient: TorchSharp 0.107 counts the missing gradient of one as a tensor for ever, though it holds
            // nothing.
            var (hidden, last) = cell.Unroll(rand([Steps, 4, Side, Side]), Steps, null);
            Backpropagation.Run(hidden.square().mean() + (last.Hidden * last.Cell).mean());
            nn.utils.clip_grad_norm_(cell.parameters(), 1.0);
            optimizer.step();
        }
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
