using ConvLstm.Nowcast.Cascade;
using ConvLstm.Nowcast.Model.Networks;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Cascade;

public sealed class ScansInCells
{
    [Fact]
    public void ACellCountsTheSharesOfItsObservedPixels()
    {
        using var scope = NewDisposeScope();
        // Cells of 4 × 4 km; the grid ends within the last ones.
        var grid = Sample.RadarGrid(width: 10, height: 6);
        var rain = zeros([1, 6, 10]);
        rain[0].narrow(0, 0, 2).narrow(1, 0, 4).fill_(2);
        rain[0].narrow(0, 2, 1).narrow(1, 0, 4).fill_(float.NaN);

        var cells = CoarseScans.Of(rain, grid);

        Assert.Equal([1, CascadeFields.CoarseChannels, 2, 3], cells.shape);
        // Of the first cell 12 of 16 pixels were observed, of which 8 have 2 mm/h.
        Assert.Equal(12 / 16.0, cells[0, CascadeFields.CoarseChannels - 1, 0, 0].item<float>(), 1e-5);
        Assert.Equal(8 / 12.0, cells[0, 2, 0, 0].item<float>(), 1e-5);
        Assert.Equal(0, cells[0, 3, 0, 0].item<float>(), 1e-5);
        // Of the last one, which reaches beyond the grid, 2 × 2 pixels are there and were observed, dry.
        Assert.Equal(4 / 16.0, cells[0, CascadeFields.CoarseChannels - 1, 1, 2].item<float>(), 1e-5);
        Assert.Equal(0, cells[0, 0, 1, 2].item<float>(), 1e-5);
    }
}
