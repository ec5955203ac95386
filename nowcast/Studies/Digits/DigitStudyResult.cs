namespace ConvLstm.Nowcast.Studies.Digits;

/// <summary>How a method fares on held-out frames.</summary>
public sealed record DigitRow(string Method, double N6Error, double N3Error);

/// <summary>A sequence drawn: what was read, what came, what the network drew.</summary>
public sealed record DrawnTriple(FrameTriple Triple, float[] Drawn);

/// <summary>All that the report shows.</summary>
public sealed record DigitStudyResult(
    string Source, int Removed, int Rungs, IReadOnlyList<DigitTrial> Trials, DigitTrial? Best, IReadOnlyList<DigitRow> Extrapolation, IReadOnlyList<DigitRow> Interpolation,
    IReadOnlyList<NoiseCurve> Curves, IReadOnlyList<DrawnTriple> Examples, IReadOnlyList<DrawnTriple> Interpolated, int Side);
