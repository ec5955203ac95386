using ConvLstm.Nowcast.Model.Kernels;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model.Kernels;

/// <summary>The kernel gives states and gradients of the operators, in each instruction set that this processor has.</summary>
public sealed class ConvLstmKernels
{
    // Winograd's convolutions in single against plain ones in double: the largest error seen was 1.8e-6.
    private const double Bound = 3e-6;

    private static readonly LayerSize[] Sizes =
    [
        new(7, 9, 5, 3, 2, 4), new(1, 1, 1, 1, 1, 1), new(3, 2, 1, 2, 1, 3), new(16, 20, 24, 8, 2, 3), new(13, 33, 40, 5, 1, 2),
            new(5, 4, 17, 7, 3, 2),
    ];

    public static TheoryData<InstructionSet, LayerSize, bool, bool, bool> Cases
    {
        get
        {
            var data = new TheoryData<InstructionSet, LayerSize, bool, bool, bool>();
            foreach (var (set, size) in Enum.GetValues<InstructionSet>().SelectMany(set => Sizes.Select(size => (set, size))))
            {
                foreach (var (relu, recompute) in new[] { (false, false), (false, true), (true, false), (true, true) })
                    data.Add(set, size, relu, recompute, recompute);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void FromAnInputStatesAndGradientsAreThoseOfOperatorsInDouble(InstructionSet set, LayerSize size, bool relu, bool recompute,
        bool started) =>
        AssertSame(set, size, input: true, started, relu, recompute);

    [Theory]
    [MemberData(nameof(Cases))]
    public void FromAStateAloneStatesAndGradientsAreThoseOfOperatorsInDouble(InstructionSet set, LayerSize size, bool relu,
        bool recompute, bool input) =>
        AssertSame(set, size, input, started: true, relu, recompute);

    [Theory]
    [InlineData(InstructionSet.Scalar)]
    [InlineData(InstructionSet.Avx2)]
    [InlineData(InstructionSet.Avx512)]
    public void TheSameInputGivesTheSameBitsWithOneThreadAndWithTwo(InstructionSet set)
    {
        SkipUnlessSupported(set);
        using var scope = NewDisposeScope();
        // Enough tiles for several shares of the sums.
        var size = new LayerSize(60, 52, 9, 4, 4, 20);
        var layer = ConvLstmOperators.Random(size, input: true, started: true, relu: false);

        var once = layer.ByKernel(size.Steps, recompute: false, new(set, 1));
        var again = layer.ByKernel(size.Steps, recompute: false, new(set, 2));
        var more = layer.ByKernel(size.Steps, recompute: true, new(set, 2));

        Assert.All(once, pair => Assert.True(pair.Value.equal(again[pair.Key]).all().item<bool>(), pair.Key));
        Assert.All(once, pair => Assert.True(pair.Value.equal(more[pair.Key]).all().item<bool>(), pair.Key + ", computed again"));
    }

    [Fact]
    public void WithoutGradientsTheStatesAreTheSameBits()
    {
        using var scope = NewDisposeScope();
        var size = new LayerSize(9, 11, 6, 3, 2, 3);
        var layer = ConvLstmOperators.Random(size, input: true, started: true, relu: false);
        var trained = layer.ByKernel(size.Steps, recompute: false, KernelOptions.Default);
        using var frozen = no_grad();
        var tensors = new[] { layer.Input, layer.Hidden, layer.Cell, layer.InputWeight, layer.StateWeight, layer.Bias }.Select(t =>
            t!.to_type(ScalarType.Float32)).ToArray();

        var (hidden, _, cell) = ConvLstmKernel.Unroll(tensors[0], tensors[1], tensors[2], tensors[3], tensors[4], tensors[5],
            new(3, false, false, KernelOptions.Default));

        Assert.True(hidden.equal(trained["hidden states"]).all().item<bool>());
        Assert.True(cell.equal(trained["last cell state"]).all().item<bool>());
    }

    [Fact]
    public void WhatDoesNotFitIsRefusedByName()
    {
        using var scope = NewDisposeScope();
        Tensor state = zeros([1, 2, 4, 4]), weight = zeros([8, 2, 3, 3]), bias = zeros([8]);
        var settings = new ConvLstmSettings(2, false, false, KernelOptions.Default);

        Assert.Equal("input", Assert.Throws<ArgumentException>(() =>
            ConvLstmKernel.Unroll(null, null, null, null, weight, bias, settings)).ParamName);
        Assert.Equal("cell", Assert.Throws<ArgumentException>(() =>
            ConvLstmKernel.Unroll(null, state, null, null, weight, bias, settings)).ParamName);
        Assert.Equal("bias", Assert.Throws<ArgumentException>(() =>
            ConvLstmKernel.Unroll(null, state, state, null, weight, zeros([4]), settings)).ParamName);
        Assert.Equal("hidden", Assert.Throws<ArgumentException>(() =>
            ConvLstmKernel.Unroll(null, state.@double(), state, null, weight, bias, settings)).ParamName);
        Assert.Contains("3 images", Assert.Throws<ArgumentException>(() =>
            ConvLstmKernel.Unroll(zeros([3, 1, 4, 4]), null, null, zeros([8, 1, 3, 3]), weight, bias, settings)).Message,
                StringComparison.Ordinal);
    }

    internal static void SkipUnlessSupported(InstructionSet set) =>
        Assert.SkipUnless(InstructionSets.IsSupported(set),
            $"This processor, or the runtime as it is set, has no {set}: its path is not tested here.");

    private static void AssertSame(InstructionSet set, LayerSize size, bool input, bool started, bool relu, bool recompute)
    {
        SkipUnlessSupported(set);
        using var scope = NewDisposeScope();
        var layer = ConvLstmOperators.Random(size, input, started, relu);
        ConvLstmOperators.AssertNear(layer.ByOperators(size.Steps), layer.ByKernel(size.Steps, recompute, new(set, 2)), Bound);
    }
}
