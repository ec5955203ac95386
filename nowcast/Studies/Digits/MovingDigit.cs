using Normal = MathNet.Numerics.Distributions.Normal; // TorchSharp has a Normal of its own

namespace ConvLstm.Nowcast.Studies.Digits;

/// <summary>A digit on its walks of angle, place and intensity.</summary>
internal sealed class MovingDigit
{
    private const double UsualInk = 0.9, LeastInk = 0.3;

    private readonly float[] _image;
    private readonly DigitMotion _motion;
    private Walk _angle, _x, _y, _ink;

    internal MovingDigit(float[] image, DigitMotion motion, Random random)
    {
        (_image, _motion) = (image, motion);
        (_angle, _x, _y, _ink) = (Walk.Begun(motion, motion.Turn, random), Walk.Begun(motion, motion.Shift, random),
            Walk.Begun(motion, motion.Shift, random), Walk.Begun(motion, motion.Fade, random));
    }

    private MovingDigit(MovingDigit other) =>
        (_image, _motion, _angle, _x, _y, _ink) = (other._image, other._motion, other._angle, other._x, other._y, other._ink);

    internal MovingDigit Copy() => new(this);

    /// <summary>To the next frame.</summary>
    internal void Step(Random random) =>
        (_angle, _x, _y, _ink) = (_angle.Next(_motion, _motion.Turn, random), _x.Next(_motion, _motion.Shift, random),
            _y.Next(_motion, _motion.Shift, random), _ink.Next(_motion, _motion.Fade, random));

    /// <summary>The frame without noise: the digit turned about its middle and moved, by bilinear interpolation.</summary>
    internal float[] Clean()
    {
        var side = _motion.Side;
        var frame = new float[side * side];
        var (turn, shade) = (_angle.Value * Math.PI / 180, Math.Clamp(UsualInk + _ink.Value, LeastInk, 1));
        var (cos, sin, half, middle) = (Math.Cos(turn), Math.Sin(turn), (IDigits.Side - 1) / 2.0, (side - 1) / 2.0);
        for (var row = 0; row < side; row++)
        {
            for (var column = 0; column < side; column++)
            {
                var (dx, dy) = (column - middle - _x.Value, row - middle - _y.Value);
                frame[(row * side) + column] = (float)(shade * Read((cos * dx) + (sin * dy) + half, (cos * dy) - (sin * dx) + half));
            }
        }
        return frame;
    }

    private double Read(double across, double down)
    {
        var (left, top) = ((int)Math.Floor(across), (int)Math.Floor(down));
        var (right, below) = (across - left, down - top);
        return (At(left, top) * (1 - right) * (1 - below)) + (At(left + 1, top) * right * (1 - below))
            + (At(left, top + 1) * (1 - right) * below) + (At(left + 1, top + 1) * right * below);

        double At(int column, int row) =>
            column < 0 || row < 0 || column >= IDigits.Side || row >= IDigits.Side ? 0 : _image[(row * IDigits.Side) + column];
    }

    /// <summary>A walk whose increments are autoregressive.</summary>
    private readonly record struct Walk(double Value, double Increment)
    {
        internal static Walk Begun(DigitMotion motion, double spread, Random random) =>
            new(0, Normal.Sample(random, 0, spread / Math.Sqrt(1 - (motion.Memory * motion.Memory))));

        internal Walk Next(DigitMotion motion, double spread, Random random)
        {
            var increment = (motion.Memory * Increment) + Normal.Sample(random, 0, spread) - (motion.Pull * Value);
            return new(Value + increment, increment);
        }
    }
}
