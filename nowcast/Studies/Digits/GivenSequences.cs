using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Ingest.NetCdf;

namespace ConvLstm.Nowcast.Studies.Digits;

/// <summary>
/// Sequences from a NetCDF file: the variable <c>frames(sequence, time, y, x)</c> in 0 … 1 or 0 … 255, two frames to read and a target
/// each.
/// </summary>
public static class GivenSequences
{
    private const string Variable = "frames";

    /// <returns>The triples and the side of their square frames.</returns>
    /// <exception cref="ReportedException">The file has no such variable, or values outside both ranges.</exception>
    public static (IReadOnlyList<FrameTriple> Triples, int Side) Read(string path)
    {
        using var file = NetCdfFile.Open(path);
        var variable = file.Root.FindVariable(Variable)
            ?? throw new ReportedException($"{path} has no variable '{Variable}(sequence, time, y, x)': write one.");
        var sizes = variable.Dimensions.Select(d => (int)d.Length).ToArray();
        if (sizes.Length != 4 || sizes[1] != 3 || sizes[2] != sizes[3] || sizes[0] < 1)
            throw new ReportedException(
                $"{path}: '{Variable}' is {string.Join(" × ", sizes)}: give sequence × 3 times × side × side, two frames and a target.");
        var values = variable.Read<float>();
        if (values.Any(v => !float.IsFinite(v) || v < 0 || v > 255))
            throw new ReportedException($"{path}: '{Variable}' has values outside 0 … 255, or gaps: give grey values in 0 … 1 or 0 … 255.");
        // Bytes are grey values whatever their largest is.
        if (variable.Type is NetCdfType.UInt8 || values.Max() > 1)
            values = Array.ConvertAll(values, v => v / 255);
        var frames = values.Chunk(sizes[2] * sizes[3]).ToArray();
        return ([.. frames.Chunk(3).Select(f => new FrameTriple(f[0], f[1], f[2]))], sizes[2]);
    }
}
