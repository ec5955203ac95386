using System.Buffers;

namespace ConvLstm.Nowcast.Ingest.Formats.Polar;

/// <summary>
/// A sweep on a grid: each pixel has the gate that is nearest to it, as far as a ray looked there within its beam's width.
/// </summary>
/// <param name="Sweep">Where its gates lie.</param>
/// <param name="Gates">The gates as the file has them, rays by gates.</param>
/// <param name="HeightLimit">Metres above the sea; what the beam saw above is missing.</param>
internal sealed record PolarScan(PolarSweep Sweep, ScanSlab Gates, double HeightLimit) : IStoredScan
{
    public DateTimeOffset ValidTime => Gates.ValidTime;

    public void Read(RadarGrid grid, Span<float> rainRate)
    {
        var (rays, gates) = (Sweep.Azimuths.Length, Sweep.Gates);
        var rented = ArrayPool<float>.Shared.Rent(rays * gates);
        try
        {
            var values = rented.AsSpan(0, rays * gates);
            // The slab's own rows and columns are rays and gates.
            Gates.Read(grid with { Width = gates, Height = rays }, values);
            var nearest = new NearestRay(Sweep.Azimuths, Sweep.BeamWidth);
            for (var row = 0; row < grid.Height; row++)
            {
                var y = grid.CentreY(row);
                for (var column = 0; column < grid.Width; column++)
                {
                    var x = grid.CentreX(column);
                    var range = Sweep.Beam.SlantRange(Math.Sqrt((x * x) + (y * y)));
                    var gate = Math.Floor(((range - Sweep.FirstGate) / Sweep.GateSpacing) + 0.5);
                    var isSeen = gate >= 0 && gate < gates && Sweep.Beam.Height(range) <= HeightLimit;
                    var ray = isSeen ? nearest.Of(double.RadiansToDegrees(Math.Atan2(x, y))) : -1;
                    rainRate[(row * grid.Width) + column] = ray < 0 ? float.NaN : values[(ray * gates) + (int)gate];
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }
}
