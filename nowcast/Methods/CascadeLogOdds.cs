using ConvLstm.Nowcast.Cascade;
using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model.Networks;
using ConvLstm.Nowcast.Training;

namespace ConvLstm.Nowcast.Methods;

/// <summary>
/// What a cascade network says of each pixel in the frame of the rain: the classical fields of a situation, and lead by lead what the
/// network makes of them.
/// </summary>
/// <remarks>Its tensors belong to the scope that it is made in.</remarks>
internal sealed class CascadeLogOdds : IDisposable
{
    /// <summary>
    /// The time, minutes, in which the forecast passes from the classical one to the learned one: what these scans show of the next
    /// minutes is worth more than what other events taught of them.
    /// </summary>
    private const double ClassicalMinutes = 10;

    /// <summary>Pixels taken at once where the ConvLSTM is asked: what it says of them is interpolated before.</summary>
    private const int Chunk = 16384;

    /// <summary>Pixels whose channels are gathered at once.</summary>
    private const int PixelsAtOnce = 1 << 19;

    /// <summary>Log-odds of any rain where none is near.</summary>
    private const float Dry = -17;

    /// <summary>Rain averaged over the largest box, mm/h, below which none is near.</summary>
    private const double NoRain = 1e-4;

    private readonly CascadeNetwork _network;
    private readonly RadarGrid _grid;
    private readonly TimeSpan[] _leads;
    private readonly Device _device;
    private readonly ClassicalFields _fields;
    private readonly Tensor _near;
    private readonly Tensor _still;
    private readonly Tensor? _memory;
    private readonly Tensor? _cells;
    private int _lead;

    /// <param name="network">The network.</param>
    /// <param name="aligned">(T, H, W) in mm/h, the newest last, in the frame of the rain; NaN where not observed.</param>
    /// <param name="grid">The grid.</param>
    /// <param name="step">Between two scans.</param>
    /// <param name="leads">Of the forecast.</param>
    internal CascadeLogOdds(CascadeNetwork network, Tensor aligned, RadarGrid grid, TimeSpan step, TimeSpan[] leads)
    {
        (_network, _grid, _leads, _device) = (network, grid, leads, network.parameters().First().device);
        aligned = aligned.narrow(0, Math.Max(0, aligned.shape[0] - Situations.MostPast), Math.Min(aligned.shape[0], Situations.MostPast));
        _fields = new ClassicalFields(aligned, grid, step);
        _near = Near(_fields.Static);
        _still = Still(_fields.Static);
        // Of a large grid the largest of all: nothing asks for it again.
        _fields.Static.Dispose();
        _memory = Memory(aligned, step);
        _cells = _memory is null ? null : Cells().to(_device);
    }

    /// <summary>The log-odds of the next lead: (thresholds, H, W), on the processor. Leads come one after the other.</summary>
    internal Tensor Next()
    {
        using var scope = NewDisposeScope();
        var moving = _fields.NextMaps().flatten(1).index_select(1, _near).to(_device);
        var scalars = _fields.Scalars(_lead + 1);
        var shared = tensor(scalars, [1, scalars.Length], device: _device);
        var trust = 1 - Math.Exp(-_leads[_lead].TotalMinutes / ClassicalMinutes);
        var logOdds = full([_network.Options.Thresholds.Count, _grid.PixelCount], Dry);
        var chunk = _memory is null ? moving.shape[1] : Chunk;
        for (long start = 0; start < moving.shape[1]; start += chunk)
        {
            using var inner = NewDisposeScope();
            var length = Math.Min(chunk, moving.shape[1] - start);
            var said = _memory is null ? null : CascadeMemory.At(_memory.narrow(0, _lead, 1), _cells!.narrow(0, start, length));
            var maps = moving.narrow(1, start, length);
            var found = _network.PixelLogOdds(_still.narrow(1, start, length), maps, shared, said, trust)
                .add_(CascadeNetwork.TowardsAnvil(maps, shared, trust));
            logOdds.index_copy_(1, _near.narrow(0, start, length), found.cpu());
        }
        _lead++;
        return logOdds.view(-1, _grid.Height, _grid.Width).MoveToOuterDisposeScope();
    }

    public void Dispose() => _fields.Dispose();

    /// <summary>The pixels that have rain within the largest box.</summary>
    private static Tensor Near(Tensor channels)
    {
        var least = Math.Log(CascadeFields.Least + NoRain) / CascadeFields.LogSpan;
        return channels[CascadeFields.Widest].flatten().gt(least).nonzero().squeeze(1);
    }

    /// <summary>What the first layer makes of the channels that all leads share, of the pixels near rain: (width, pixels).</summary>
    private Tensor Still(Tensor channels)
    {
        using var scope = NewDisposeScope();
        var pixels = channels.flatten(1);
        var parts = new List<Tensor>();
        for (long start = 0; start < _near.shape[0]; start += PixelsAtOnce)
        {
            using var inner = NewDisposeScope();
            var some = _near.narrow(0, start, Math.Min(PixelsAtOnce, _near.shape[0] - start));
            parts.Add(_network.StillOf(pixels.index_select(1, some).to(_device)).MoveToOuterDisposeScope());
        }
        return (parts.Count == 1 ? parts[0] : cat(parts, 1)).MoveToOuterDisposeScope();
    }

    /// <summary>What the ConvLSTM says of each lead; null where it has nothing to say.</summary>
    private Tensor? Memory(Tensor aligned, TimeSpan step) => _network.Remembers
        ? _network.Memory.Of(CoarseScans.Of(aligned, _grid).to(_device), step.TotalMinutes, [.. _leads.Select(l => l.TotalMinutes)]) : null;

    /// <summary>Where pixels lie among the cells that the ConvLSTM reads: (pixels, 2).</summary>
    private Tensor Cells()
    {
        using var scope = NewDisposeScope();
        var (row, column) = CoarseScans.Cell(_grid);
        var across = _near.remainder(_grid.Width);
        var down = (_near - across).to_type(float64) / _grid.Width;
        Tensor In(Tensor index, int cell) => (((index + 0.5) / cell) - 0.5).to_type(float32);
        return stack([In(across.to_type(float64), column), In(down, row)], 1).MoveToOuterDisposeScope();
    }
}
