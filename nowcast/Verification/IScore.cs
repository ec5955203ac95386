namespace ConvLstm.Nowcast.Verification;

/// <summary>
/// A score that keeps sums and counts: made by <c>Init</c>, fed by <c>Accumulate</c> map by map, pooled by
/// <see cref="Merge"/> across cases, threads or days, read by <see cref="Compute"/>. Pixels that are NaN in any of the
/// fields, or false in the mask, do not count. A score that has no meaning, for want of events, is NaN.
/// </summary>
/// <typeparam name="TSelf">The score itself.</typeparam>
/// <typeparam name="TResult">What it says.</typeparam>
public interface IScore<TSelf, out TResult>
    where TSelf : IScore<TSelf, TResult>
{
    /// <summary>Adds the sums of another score of the same settings.</summary>
    /// <exception cref="ArgumentException">The other has other settings.</exception>
    void Merge(TSelf other);

    TResult Compute();
}
