namespace ConvLstm.Nowcast.Studies.Digits;

/// <summary>Handwritten digits, 28×28 and grey: 0 for paper, 1 for ink.</summary>
public interface IDigits
{
    /// <summary>The side of an image.</summary>
    const int Side = 28;

    /// <summary>Where they come from, for the report.</summary>
    string Source { get; }

    /// <summary>An image of a digit, row-major.</summary>
    float[] Draw(int digit, Random random);
}
