namespace ConvLstm.Nowcast.Studies.Digits;

/// <summary>How a method fares on held-out frames: mean squared errors per pixel of frames in 0 … 1.</summary>
public sealed record DigitRow(string Method, double N6Error, double N3Error);

/// <summary>A sequence drawn: what was read, what came, what the network drew (row-major, in 0 … 1).</summary>
public sealed record DrawnTriple(FrameTriple Triple, float[] Drawn);

/// <summary>All that the report shows.</summary>
/// <param name="Source">Of the digits.</param>
/// <param name="Removed">Sequences of N6 with an unusual transition.</param>
/// <param name="Rungs">Of the search.</param>
/// <param name="Trials">By number, as they were on the last rung that each reached.</param>
/// <param name="Best">The one with the least validation loss; null where none learned anything.</param>
/// <param name="Extrapolation">Errors of the third frame.</param>
/// <param name="Interpolation">Errors of the frame between.</param>
/// <param name="Curves">Robustness of the best.</param>
/// <param name="Examples">Of N3, drawn by the best.</param>
/// <param name="Interpolated">Of N3, drawn by the interpolator.</param>
/// <param name="Side">Of the square frames, pixels.</param>
public sealed record DigitStudyResult(
    string Source, int Removed, int Rungs, IReadOnlyList<DigitTrial> Trials, DigitTrial? Best, IReadOnlyList<DigitRow> Extrapolation,
    IReadOnlyList<DigitRow> Interpolation,
    IReadOnlyList<NoiseCurve> Curves, IReadOnlyList<DrawnTriple> Examples, IReadOnlyList<DrawnTriple> Interpolated, int Side);
