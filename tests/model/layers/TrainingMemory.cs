using ConvLstm.Nowcast.Model.Layers;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model.Layers;

/// <summary>Alone, because memory is counted for the whole process.</summary>
[CollectionDefinition(nameof(TrainingMemory), DisableParallelization = true)]
[Collection(nameof(TrainingMemory))]
public sealed class TrainingMemory
{
    private const int Side = 48, Channels = 16, Steps = 6;

    [Fact]
    public void TheMostThatTensorsHoldIsFlatAfterTheTenthStep()
    {
        using var scope = NewDisposeScope();
        using var cell = new ConvLstmCell(4, Channels, 3, peepholes: false);
        using var optimizer = optim.Adam(cell.parameters(), 1e-3);
        CpuMemory.Release();
        Train(cell, optimizer, 10);
        var early = CpuMemory.Now();

        Train(cell, optimizer, 60);

        var late = CpuMemory.Now();
        Assert.True(early.Peak > Steps * Channels * Side * Side * sizeof(float));
        // The threads' working space comes and goes: how much of it there is at once is not always the same.
        Assert.InRange(late.Peak, 0.95 * early.Peak, 1.05 * early.Peak);
        Assert.Equal(early.InUse, late.InUse);
    }

    [Fact]
    public void FreedBlocksServeTheNextStepAndGoBackToTheSystemWhenAsked()
    {
        using var scope = NewDisposeScope();
        CpuMemory.Release();
        var before = CpuMemory.Now();
        ones([1 << 20]).Dispose();
        var kept = CpuMemory.Now();
        using var again = ones([1 << 20]);

        Assert.Equal(before.InUse, kept.InUse);
        Assert.True(kept.Cached >= before.Cached + (4 << 20));
        Assert.True(CpuMemory.Now().Cached < kept.Cached);
        CpuMemory.Release();
        Assert.Equal(0, CpuMemory.Now().Cached);
    }

    [Fact]
    public void CheckpointingHoldsLessMemoryAtOnce()
    {
        var kept = Peak(checkpointed: false);
        var remade = Peak(checkpointed: true);

        Assert.True(remade < 0.8 * kept, $"{remade} bytes against {kept}");

        static long Peak(bool checkpointed)
        {
            using var scope = NewDisposeScope();
            using var first = new ConvLstmCell(4, Channels, 3, peepholes: false) { Checkpointed = checkpointed };
            using var second = new ConvLstmCell(Channels, Channels, 3, peepholes: false) { Checkpointed = checkpointed };
            CpuMemory.Release();
            var before = CpuMemory.Now().InUse;
            using (NewDisposeScope())
                second.Unroll(first.Unroll(rand([Steps, 4, Side, Side]), Steps, null).Hidden, Steps, null).Hidden.sum().backward();
            return CpuMemory.Now().Peak - before;
        }
    }

    private static void Train(ConvLstmCell cell, optim.Optimizer optimizer, int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            cell.Unroll(rand([Steps, 4, Side, Side]), Steps, null).Hidden.square().mean().backward();
            optimizer.step();
        }
    }
}
