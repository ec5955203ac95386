namespace ConvLstm.Nowcast.Model.Networks;

/// <summary>What holds for log-odds of reaching some thresholds, wherever they come from.</summary>
public static class ExceedanceThresholds
{
    /// <summary>
    /// A rate that equals the threshold reaches it; packing and logarithm may have cost it its last digits. A share of the threshold.
    /// </summary>
    public const float Slack = 1e-3f;

    /// <summary>More rain is never more likely than less: each log-odds is at most that of the threshold below.</summary>
    /// <param name="logOdds">(…, thresholds), the thresholds rising.</param>
    /// <returns>The same shape.</returns>
    public static Tensor Falling(Tensor logOdds)
    {
        ArgumentNullException.ThrowIfNull(logOdds);
        var last = logOdds.shape.Length - 1;
        var each = logOdds.unbind(last);
        for (var i = 1; i < each.Length; i++)
            each[i] = each[i].minimum(each[i - 1]);
        return stack(each, last);
    }
}
