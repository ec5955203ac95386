using ConvLstm.Nowcast.Studies.Digits;

namespace ConvLstm.Nowcast.Studies.Frames;

/// <summary>
/// Moving MNIST (Srivastava, Mansimov and Salakhutdinov 2015): two digits on 64×64 that fly straight and bounce off the edges.
/// </summary>
public sealed class MovingDigits(IDigits digits, int frames = 20)
{
    public const int Side = 64;
    private const int Count = 2;
    private const double Speed = 3.6;

    /// <summary>The frames of one video, one after the other, row-major.</summary>
    public float[] Draw(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var video = new float[frames * Side * Side];
        for (var d = 0; d < Count; d++)
        {
            var image = digits.Draw(random.Next(10), random);
            var (room, angle) = (Side - IDigits.Side, 2 * Math.PI * random.NextDouble());
            var (x, y, dx, dy) = (room * random.NextDouble(), room * random.NextDouble(), Speed * Math.Cos(angle), Speed * Math.Sin(angle));
            for (var t = 0; t < frames; t++)
            {
                Put(video.AsSpan(t * Side * Side, Side * Side), image, (int)Math.Round(x), (int)Math.Round(y));
                (x, dx) = Bounced(x + dx, dx, room);
                (y, dy) = Bounced(y + dy, dy, room);
            }
        }
        return video;
    }

    private static (double Place, double Speed) Bounced(double place, double speed, double room) =>
        place < 0 ? (-place, -speed) : place > room ? ((2 * room) - place, -speed) : (place, speed);

    private static void Put(Span<float> frame, float[] image, int left, int top)
    {
        for (var row = 0; row < IDigits.Side; row++)
        {
            for (var column = 0; column < IDigits.Side; column++)
            {
                ref var pixel = ref frame[((top + row) * Side) + left + column];
                pixel = Math.Max(pixel, image[(row * IDigits.Side) + column]);
            }
        }
    }
}
