using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.Sequences;
using ConvLstm.Nowcast.Motion;

namespace ConvLstm.Nowcast.MovingFrame;

/// <summary>Cuts squares out of training windows and moves them into the frame of the rain.</summary>
internal sealed class AlignedCrops(WindowOptions options, FrameCache cache)
{
    /// <summary>Motion fields are smooth: kept at a coarse resolution they cost next to nothing.</summary>
    private const int MotionCell = 8;

    /// <summary>The most that a crop is widened on each side for rain that moves in, in pixels.</summary>
    private const int WidestMargin = 96;

    private readonly Dictionary<(ScanSeries Series, int Start), Tensor> _motions = [];

    /// <summary>The side of the crops of a grid, which may be smaller than asked.</summary>
    internal int SideOn(RadarGrid grid) => Math.Min(options.Crop, Math.Min(grid.Width, grid.Height));

    /// <summary>The crop with its upper left corner at (row, column): (time, side, side, 2).</summary>
    internal Tensor Cut(TrainingWindow window, int row, int column, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var frames = window.Load(cache, cancellation).Frames;
        var grid = frames[0].Grid;
        var motion = MotionOf(window, frames);
        var side = SideOn(grid);
        var reach = motion.abs().max().item<float>() * Math.Max(window.Past - 1, window.Future);
        var margin = Math.Min(WidestMargin, (int)Math.Ceiling(reach) + 2);
        var (top, left) = (Math.Max(0, row - margin), Math.Max(0, column - margin));
        var (bottom, right) = (Math.Min(grid.Height, row + side + margin), Math.Min(grid.Width, column + side + margin));
        var rain = Region(frames, top, left, bottom - top, right - left);
        var local = motion.narrow(1, top, bottom - top).narrow(2, left, right - left);
        var aligned = Alignment.Align(rain, window.Past - 1, local)
            .narrow(1, row - top, side).narrow(2, column - left, side);
        return NormalisedRain.WithMask(aligned, options.Normalisation).MoveToOuterDisposeScope();
    }

    private Tensor MotionOf(TrainingWindow window, IReadOnlyList<RadarFrame> frames)
    {
        var grid = frames[0].Grid;
        if (!_motions.TryGetValue((window.Series, window.Start), out var coarse))
        {
            using var scope = NewDisposeScope();
            var past = Region([.. frames.Take(window.Past)], 0, 0, grid.Height, grid.Width);
            var size = new long[] { Math.Max(1, grid.Height / MotionCell), Math.Max(1, grid.Width / MotionCell) };
            coarse = nn.functional.interpolate(OpticalFlow.Estimate(past, Coarser(MotionOptions.For(window.Series.Step))).unsqueeze(0),
                size, mode: InterpolationMode.Area).DetachFromDisposeScope();
            _motions.Add((window.Series, window.Start), coarse);
        }
        return nn.functional.interpolate(coarse, [grid.Height, grid.Width], mode: InterpolationMode.Bilinear, align_corners: false)[0];
    }

    /// <summary>Half the resolution is a quarter of the work, and hundreds of windows wait.</summary>
    private static MotionOptions Coarser(MotionOptions motion) => motion with { FinestLevel = motion.FinestLevel + 1 };

    private static Tensor Region(IReadOnlyList<RadarFrame> frames, int top, int left, int height, int width)
    {
        var values = new float[frames.Count * height * width];
        for (var t = 0; t < frames.Count; t++)
        {
            for (var row = 0; row < height; row++)
            {
                frames[t].RainRate.AsSpan(((top + row) * frames[t].Grid.Width) + left, width)
                    .CopyTo(values.AsSpan(((t * height) + row) * width));
            }
        }
        return tensor(values, [frames.Count, height, width]);
    }
}
