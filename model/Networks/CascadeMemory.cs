using ConvLstm.Nowcast.Model.Layers;

namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>
/// What a ConvLSTM (Shi et al. 2015) makes of the aligned scans on two scales, cells of 8 and of 32 km: for each lead a few channels that
/// the head of a
/// <see cref="CascadeNetwork"/> reads beside the classical fields. Growth and decay that hold on at such scales are what extrapolation
/// and a cascade with one memory for the whole image cannot know.
/// </summary>
public sealed class CascadeMemory : nn.Module
{
    /// <summary>What the head reads of a pixel.</summary>
    public const int Channels = 8;

    private const int Hidden = 16;
    private const int Mixed = 24;

    /// <summary>Cells of <see cref="CascadeFields.CellKilometres"/> on a side of a fine cell, and of a wide one.</summary>
    private const int Fine = 2;
    private const int Wide = 8;

    private readonly ConvLstmCell fine;
    private readonly ConvLstmCell wide;
    private readonly Conv2d mix;
    private readonly Linear read_lead;
    private readonly Conv2d last;

    internal CascadeMemory()
        : base(nameof(CascadeMemory))
    {
        // Beside the channels of the scans, the step between them.
        fine = new(CascadeFields.CoarseChannels + 1, Hidden, 3, peepholes: false);
        wide = new(CascadeFields.CoarseChannels + 1, Hidden, 3, peepholes: false);
        mix = nn.Conv2d(2 * Hidden, Mixed, 3, padding: 1);
        read_lead = nn.Linear(LeadBasis.Length, 2 * Mixed);
        last = nn.Conv2d(Mixed, Channels, 1);
        RegisterComponents();
    }

    /// <param name="scans">(T, <see cref="CascadeFields.CoarseChannels"/>, h, w), the oldest first.</param>
    /// <param name="stepMinutes">Between two of them.</param>
    /// <param name="minutes">The leads.</param>
    /// <returns>(leads, <see cref="Channels"/>, ⌈h/2⌉, ⌈w/2⌉ or a few more): the first cell begins at the upper left corner.</returns>
    public Tensor Of(Tensor scans, double stepMinutes, IReadOnlyList<double> minutes)
    {
        ArgumentNullException.ThrowIfNull(scans);
        ArgumentNullException.ThrowIfNull(minutes);
        using var scope = NewDisposeScope();
        var size = scans.shape;
        long Margin(long side) => ((side + Wide - 1) / Wide * Wide) - side;
        var padded = nn.functional.pad(scans, [0, Margin(size[3]), 0, Margin(size[2])]);
        var step = full_like(padded.narrow(1, 0, 1), stepMinutes / 10);
        var input = cat([padded, step], 1);
        var near = fine.Unroll(nn.functional.avg_pool2d(input, [Fine, Fine]), size[0], null).Last.Hidden;
        var far = wide.Unroll(nn.functional.avg_pool2d(input, [Wide, Wide]), size[0], null).Last.Hidden;
        var joined = cat([near, nn.functional.interpolate(far, [near.shape[2], near.shape[3]], mode: InterpolationMode.Bilinear,
            align_corners: false)], 1);
        var basis = stack([.. minutes.Select(m => LeadBasis.Of(m, scans.device))]);
        var modulation = read_lead.call(basis).view(minutes.Count, 2 * Mixed, 1, 1).chunk(2, 1);
        return last.call(((mix.call(joined) * (modulation[0] + 1)) + modulation[1]).relu()).MoveToOuterDisposeScope();
    }

    /// <summary>The memory at places between its cells.</summary>
    /// <param name="memory">(1, <see cref="Channels"/>, h, w): of one lead.</param>
    /// <param name="places">(n, 2): x and y in cells of <see cref="CascadeFields.CellKilometres"/>; (0, 0) is the centre of the
    /// first.</param>
    /// <returns>(n, <see cref="Channels"/>).</returns>
    public static Tensor At(Tensor memory, Tensor places)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(places);
        using var scope = NewDisposeScope();
        var size = memory.shape;
        // From −1 at the outer edge of the first cell to 1 at that of the last.
        var extent = tensor([(float)(size[3] * Fine), (float)(size[2] * Fine)], [2], device: memory.device);
        var grid = ((places + 0.5) * 2 / extent) - 1;
        return nn.functional.grid_sample(memory, grid.view(1, 1, -1, 2), GridSampleMode.Bilinear, GridSamplePaddingMode.Border,
            align_corners: false)
            .view(Channels, -1).transpose(0, 1).contiguous().MoveToOuterDisposeScope();
    }
}
