using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Motion;
using Xunit;
using Bilinear = ConvLstm.Nowcast.Motion.Bilinear; // TorchSharp has a Bilinear of its own

namespace ConvLstm.Nowcast.Tests.Motion;

public sealed class SemiLagrangianTests
{
    [Fact]
    public void AFieldInSteadyMotionIsTheShiftedField()
    {
        using var scope = NewDisposeScope();
        var blobs = new Blobs(60, 50);
        var rain = blobs.Tensor(blobs.Shifted(0, 0))[0];

        var displacements = SemiLagrangian.Displacements(Uniform(50, 60, 3, -2), 4);
        var moved = SemiLagrangian.AdvectRain(rain, displacements[3]).ToFloats();

        var before = rain.ToFloats();
        for (var y = 0; y < 50; y++)
        {
            for (var x = 0; x < 60; x++)
            {
                var inside = x - 12 >= 0 && y + 8 < 50;
                Assert.Equal(inside ? before[((y + 8) * 60) + x - 12] : float.NaN, moved[(y * 60) + x], 1e-3f);
            }
        }
    }

    [Fact]
    public void AirThatTurnsStaysOnItsCircle()
    {
        const double Angle = 0.1;
        using var scope = NewDisposeScope();
        var positions = Bilinear.Positions(101, 101, CPU) - 50.0;
        var motion = stack([positions[1] * -Angle, positions[0] * Angle]);

        var displacement = SemiLagrangian.Displacements(motion, 10)[9].ToFloats();

        // After one radian, from 20 pixels east of the middle.
        var at = (50 * 101) + 70;
        Assert.Equal(20 - (20 * Math.Cos(1)), displacement[at], 0.05);
        Assert.Equal(20 * Math.Sin(1), displacement[(101 * 101) + at], 0.05);
    }

    [Fact]
    public void SmallerStepsChangeLittle()
    {
        using var scope = NewDisposeScope();
        var positions = Bilinear.Positions(80, 80, CPU) - 40.0;
        var motion = stack([(positions[1] * 0.1).sin() * 4, (positions[0] * 0.1).sin() * 4]);

        var one = SemiLagrangian.Displacements(motion, 6, subSteps: 1)[5];
        var many = SemiLagrangian.Displacements(motion, 6, subSteps: 8)[5];

        Assert.InRange((one - many).abs().mean().item<float>(), 0, 0.1);
    }

    [Fact]
    public void AirFromOutsideIsNotKnown()
    {
        using var scope = NewDisposeScope();
        var displacement = SemiLagrangian.Displacements(Uniform(20, 20, 2.7, 0), 1)[0];

        var moved = SemiLagrangian.AdvectRain(ones([20, 20]), displacement).ToFloats();

        for (var i = 0; i < moved.Length; i++)
            Assert.Equal(i % 20 < 3 ? float.NaN : 1, moved[i], 1e-5f);
    }

    [Fact]
    public void AGapMovesAlongAndNeitherGrowsNorSpoilsItsNeighbours()
    {
        using var scope = NewDisposeScope();
        var rain = Enumerable.Repeat(2f, 400).ToArray();
        rain[(10 * 20) + 5] = float.NaN;

        var moved = SemiLagrangian.AdvectRain(tensor(rain, [20, 20]), Uniform(20, 20, 4.2, 3)).ToFloats();

        var inside = Enumerable.Range(0, 400).Where(i => i % 20 >= 5 && i / 20 >= 3).ToArray();
        Assert.Equal([(13 * 20) + 9], inside.Where(i => float.IsNaN(moved[i])));
        Assert.All(inside.Where(i => !float.IsNaN(moved[i])), i => Assert.Equal(2, moved[i], 1e-4f));
    }

    [Fact]
    public void SeveralScansAreMovedAtOnce()
    {
        using var scope = NewDisposeScope();
        var blobs = new Blobs(30, 20);
        var scans = blobs.Tensor(blobs.Shifted(0, 0), blobs.Shifted(3, 1));
        var displacement = Uniform(20, 30, 1.5, 0.5);

        var both = SemiLagrangian.AdvectRain(scans, displacement);

        Assert.True(both[1].allclose(SemiLagrangian.AdvectRain(scans[1], displacement), equal_nan: true));
    }

    private static Tensor Uniform(long height, long width, double x, double y) =>
        stack([full([height, width], x), full([height, width], y)]);
}
