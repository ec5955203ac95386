using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Model.Kernels;
using ConvLstm.Nowcast.Model.Layers;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model.Kernels;

public sealed class BoxMeanKernels
{
    public static TheoryData<InstructionSet, int, int, int> Cases
    {
        get
        {
            var data = new TheoryData<InstructionSet, int, int, int>();
            foreach (var set in Enum.GetValues<InstructionSet>())
            {
                foreach (var (radius, height, width) in new[] { (1, 40, 52), (2, 40, 52), (5, 41, 53), (12, 64, 31), (48, 37, 90),
                    (3, 1, 1), (2, 3, 2) })
                    data.Add(set, radius, height, width);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void MeansAreWhatOperatorsGiveInDouble(InstructionSet set, int radius, int height, int width)
    {
        ConvLstmKernels.SkipUnlessSupported(set);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        manual_seed(radius);
        var images = rand([2, 3, height, width]) * 5;
        // A third of the pixels and a whole corner were not observed.
        var mask = rand([2, 1, height, width]).gt(0.33).to_type(float32);
        mask.narrow(2, 0, height / 2).narrow(3, 0, width / 2).zero_();

        var means = BoxMeanKernel.Mean(images, mask, radius, new(set, 2));

        var expected = MultiScaleBlur.Plain(images.@double(), mask.@double(), radius);
        Assert.True((means - expected).abs().max().item<double>() < 1e-6 * 5);
        Assert.True(means.equal(BoxMeanKernel.Mean(images, mask, radius, new(set, 1))).all().item<bool>());
    }

    [Fact]
    public void ABoxThatSawOnePixelHasItsValue()
    {
        using var scope = NewDisposeScope();
        var images = zeros([1, 1, 9, 9]);
        images.narrow(2, 4, 1).narrow(3, 4, 1).fill_(7);
        var mask = images.gt(0).to_type(float32);

        var mean = BoxMeanKernel.Mean(images, mask, 2, KernelOptions.Default).view(-1).ToFloats();

        Assert.Equal(25, mean.Count(v => Math.Abs(v - 7) < 1e-5));
        Assert.Equal(56, mean.Count(v => v == 0));
    }

    [Fact]
    public void AMaskOfAnotherSizeIsRefused()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ArgumentException>(() =>
            BoxMeanKernel.Mean(zeros([1, 1, 9, 9]), zeros([1, 1, 9, 8]), 2, KernelOptions.Default));
        Assert.Contains("(1, 1, 9, 8)", error.Message, StringComparison.Ordinal);
    }
}
