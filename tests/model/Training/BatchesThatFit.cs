using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Model.Training;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model.Training;

public sealed class BatchesThatFit
{
    [Fact]
    public void ABatchThatMemoryDoesNotHoldIsHalvedAndThatIsSaid()
    {
        var notices = new List<string>();
        var result = Train(fits: 2, asked: 8, notices);

        Assert.Equal(2, result.BatchSize);
        Assert.Equal(2, notices.Count);
        Assert.StartsWith("not enough memory for 8 windows a step: going on with 4", notices[0], StringComparison.Ordinal);
        Assert.StartsWith("not enough memory for 4 windows a step: going on with 2", notices[1], StringComparison.Ordinal);
        // The same windows in more steps: two epochs of 16.
        Assert.Equal((2, 16), (result.Epochs, result.Steps));
        Assert.True(double.IsFinite(result.ValidationLoss));
    }

    [Fact]
    public void WhereOneWindowIsTooMuchTheErrorSaysWhatToDo()
    {
        var error = Assert.Throws<ReportedException>(() => Train(fits: 0, asked: 4, []));

        Assert.Contains("--crop", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", error.Message, StringComparison.Ordinal);
    }

    private static TrainingResult Train(long fits, int asked, List<string> notices)
    {
        using var scope = NewDisposeScope();
        using var network = NetworkRegistry.Create(new NetworkOptions { Network = EncoderForecaster.Name, Hidden = [2], Patch = 1 });
        var options = new TrainingOptions { Epochs = 2, WindowsPerEpoch = 16, BatchSize = asked, Patience = 5 };
        return new Trainer(options, TimeProvider.System, new Notices(notices))
            .Train(network, new RandomWindows(), Loss, TestContext.Current.CancellationToken);

        Tensor Loss(Tensor prediction, Tensor truth, Tensor mask)
        {
            // More than any machine has, so libtorch itself says that memory is out.
            if (prediction.shape[0] > fits)
                empty([1L << 50]);
            return nn.functional.mse_loss(prediction * mask, truth * mask);
        }
    }

    private sealed class Notices(List<string> lines) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Notice is string line)
                lines.Add(line);
        }
    }
}
