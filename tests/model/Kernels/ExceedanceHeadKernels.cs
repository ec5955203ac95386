using ConvLstm.Nowcast.Model.Kernels;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model.Kernels;

public sealed class ExceedanceHeadKernels
{
    private const int Leads = 3, Thresholds = 4, Channels = 24, RainFeatures = 7, ThresholdFeatures = 5, Patch = 4;

    [Theory]
    [InlineData(InstructionSet.Scalar, 9, 13, 1)]
    [InlineData(InstructionSet.Avx2, 9, 13, 1)]
    [InlineData(InstructionSet.Avx512, 9, 13, 1)]
    [InlineData(InstructionSet.Avx2, 1, 1, 1)]
    [InlineData(InstructionSet.Avx512, 20, 70, 2)]
    public void LogOddsAreWhatOperatorsGiveInDouble(InstructionSet set, int height, int width, int stride)
    {
        ConvLstmKernels.SkipUnlessSupported(set);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        manual_seed(8);
        int coarseHeight = ((height * stride) + Patch - 1) / Patch, coarseWidth = ((width * stride) + Patch - 1) / Patch;
        var features = new ExceedanceFeatures(
            randn([2, RainFeatures, height, width]), randn([2, Thresholds, ThresholdFeatures, height, width]),
            rand([2, height, width]).gt(0.3),
            randn([Leads, 2, Channels, coarseHeight, coarseWidth]), (stride, 0, 0), Patch);
        var weights = new ExceedanceWeights(
            randn([Channels, RainFeatures]), randn([Channels, ThresholdFeatures]), randn([Channels]), randn([Leads, Channels]),
                randn([Leads, Channels]), randn([Channels]),
            randn([Leads, RainFeatures]), randn([Leads, ThresholdFeatures]), randn([Leads]), rand([Leads]));
        var persistence = new ExceedancePersistence(2, 1, 0.1f, 3, -16);

        var odds = ExceedanceHeadKernel.LogOdds(features, weights, persistence, new(set, 2));

        var expected = ByOperators(features, weights, persistence);
        Assert.Equal([2, Leads, Thresholds, height, width], odds.shape);
        Assert.True((odds - expected).abs().max().item<double>() < 1e-6 * expected.abs().max().item<double>());
        Assert.True(odds.equal(ExceedanceHeadKernel.LogOdds(features, weights, persistence, new(set, 1))).all().item<bool>());
    }

    private static Tensor ByOperators(ExceedanceFeatures f, ExceedanceWeights w, ExceedancePersistence p)
    {
        var size = f.Rain.shape;
        Tensor rain = f.Rain.@double().unsqueeze(1), perThreshold = f.PerThreshold.@double();
        var inner = Product(w.ReadRain, rain) + Product(w.ReadRung, perThreshold) + Channel(w.ReadBias);
        var persistence = (rain.select(2, p.Newest) - perThreshold.select(2, p.Threshold) + p.Slack) * p.Sureness;
        var leads = Enumerable.Range(0, Leads).Select(lead =>
        {
            var hidden = ((inner + States(f, lead)) * Channel(w.Scale[lead]) + Channel(w.Shift[lead])).relu();
            var line = Product(w.RainSlopes[lead].unsqueeze(0), rain) + Product(w.RungSlopes[lead].unsqueeze(0),
                perThreshold) + w.SlopesBias[lead].@double();
            var odds = (hidden * Channel(w.Last)).sum(2) + line.squeeze(2) + (persistence * w.Steepness[lead].@double());
            // Not rising with the threshold: the smallest so far.
            return odds.cummin(1).values;
        });
        return where(f.Near.view(size[0], 1, 1, size[2], size[3]), stack([.. leads], 1), full([1], (double)p.Dry, ScalarType.Float64));
    }

    /// <summary>Between the centres of patches, on the pixels of a stride.</summary>
    private static Tensor States(ExceedanceFeatures f, int lead)
    {
        var state = f.States[lead].@double();
        var (height, width) = (f.Rain.shape[2], f.Rain.shape[3]);
        var fine = nn.functional.interpolate(state, [state.shape[2] * f.Patch, state.shape[3] * f.Patch],
            mode: InterpolationMode.Bilinear, align_corners: false);
        var stride = f.SampledPixels.Stride;
        return fine.slice(2, 0, height * stride, stride).slice(3, 0, width * stride, stride).unsqueeze(1);
    }

    /// <summary>(rows, features) times (batch, …, features, H, W).</summary>
    private static Tensor Product(Tensor weights, Tensor features) => einsum("rk,btkhw->btrhw", weights.@double(), features);

    private static Tensor Channel(Tensor values) => values.@double().view(1, 1, -1, 1, 1);
}
