using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model.Networks;

namespace ConvLstm.Nowcast.Cascade;

/// <summary>The aligned scans in cells of some kilometres: what the ConvLSTM of a <see cref="CascadeNetwork"/> reads.</summary>
internal static class CoarseScans
{
    /// <summary>Rates whose share of a cell is counted, mm/h.</summary>
    private static readonly double[] Rates = [0.2, 1, 5];

    /// <param name="aligned">(T, H, W) in mm/h, in the frame of the rain; NaN where not observed.</param>
    /// <param name="grid">The grid.</param>
    /// <returns>(T, <see cref="CascadeFields.CoarseChannels"/>, ⌈H/cell⌉, ⌈W/cell⌉): decibels, shares and the observed share.</returns>
    internal static Tensor Of(Tensor aligned, RadarGrid grid)
    {
        using var scope = NewDisposeScope();
        var seen = aligned.isfinite().to_type(float32);
        var rain = aligned.nan_to_num(0, 0, 0);
        var decibels = (PaddedRain.Decibels(rain) - PaddedRain.DryDecibels) / CascadeFields.Span;
        var shares = Rates.Select(rate => rain.ge(rate).to_type(float32));
        var (row, column) = Cell(grid);
        long[] margin = [0, Margin(grid.Width, column), 0, Margin(grid.Height, row)];
        var padded = nn.functional.pad(stack([.. shares.Prepend(decibels).Select(image => image * seen), seen], 1), margin);
        var means = nn.functional.avg_pool2d(padded, [row, column]);
        var observed = means.narrow(1, CascadeFields.CoarseChannels - 1, 1);
        var values = means.narrow(1, 0, CascadeFields.CoarseChannels - 1) / observed.clamp(min: 1e-3);
        return cat([values, observed], 1).MoveToOuterDisposeScope();
    }

    /// <summary>Rows and columns of a cell.</summary>
    internal static (int Row, int Column) Cell(RadarGrid grid)
    {
        var (column, row) = PixelSize.Kilometres(grid);
        return (Side(row), Side(column));
    }

    private static int Side(double kilometres) => Math.Max(1, (int)Math.Round(CascadeFields.CellKilometres / kilometres));

    private static int Margin(int size, int cell) => ((size + cell - 1) / cell * cell) - size;
}
