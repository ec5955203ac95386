namespace ConvLstm.Nowcast.Ingest.Formats;

/// <summary>What the numbers in a radar file are.</summary>
public enum RainQuantity
{
    /// <summary>A rain rate at a time.</summary>
    Rate,

    /// <summary>Rain that fell in a period; becomes the mean rate of the period.</summary>
    Accumulation,

    /// <summary>A radar reflectivity factor in dBZ; becomes a rate by a Z-R relation.</summary>
    Reflectivity,
}

/// <summary>The names by which reports call the quantities.</summary>
public static class RainQuantities
{
    /// <summary>rate, accumulation or reflectivity.</summary>
    public static string Name(this RainQuantity quantity) => quantity switch
    {
        RainQuantity.Rate => "rate",
        RainQuantity.Accumulation => "accumulation",
        _ => "reflectivity",
    };
}
