namespace ConvLstm.Nowcast.Model.Kernels;

/// <summary>Two neighbours of a coarse raster and how much the upper one counts; beyond the raster its edge holds.</summary>
internal readonly record struct CoarsePlace(int Lower, int Upper, float Share)
{
    internal static CoarsePlace Between(float at, int size)
    {
        var inside = Math.Clamp(at, 0, size - 1);
        var lower = (int)inside;
        return new(lower, Math.Min(lower + 1, size - 1), inside - lower);
    }
}

/// <summary>
/// Which coarse columns each panel of pixels of a row lies between, and what each of them gives to each pixel, (count, panel).
/// </summary>
internal sealed unsafe class CoarseColumns
{
    private readonly (int First, int Count, int Offset)[] _panels;
    private readonly Tensor _weights;
    private readonly float* _data;

    internal CoarseColumns(ExceedanceWork work, int panel)
    {
        _panels = new (int, int, int)[(work.Width + panel - 1) / panel];
        var weights = new List<float>();
        for (var i = 0; i < _panels.Length; i++)
        {
            var places = Enumerable.Range(i * panel, panel).Select(x =>
                CoarsePlace.Between((x * work.CoarseStep) + work.CoarseColumn, work.CoarseWidth)).ToArray();
            var (first, offset) = (places[0].Lower, weights.Count);
            var count = places[^1].Upper - first + 1;
            var mixture = new float[count * panel];
            for (var x = 0; x < panel; x++)
            {
                mixture[((places[x].Lower - first) * panel) + x] += 1 - places[x].Share;
                mixture[((places[x].Upper - first) * panel) + x] += places[x].Share;
            }
            weights.AddRange(mixture);
            _panels[i] = (first, count, offset);
        }
        _weights = tensor(weights.ToArray());
        _data = TensorMemory.Data(_weights);
    }

    /// <summary>The first coarse column of a panel of pixels, and how many there are.</summary>
    internal (int First, int Count) Range(int panel) => (_panels[panel].First, _panels[panel].Count);

    /// <summary>(count, panel).</summary>
    internal float* Weights(int panel) => _data + _panels[panel].Offset;
}
