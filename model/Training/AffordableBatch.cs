using ConvLstm.Nowcast.Ingest;

namespace ConvLstm.Nowcast.Model.Training;

/// <summary>A batch size that is halved where memory does not reach, until one window alone is too much.</summary>
/// <param name="size">Windows to begin with.</param>
/// <param name="say">Takes a line for each halving.</param>
internal sealed class AffordableBatch(int size, Action<string> say)
{
    internal int Size { get; private set; } = size;

    /// <summary>Does the work with the batch size, and with half of it where libtorch runs out of memory.</summary>
    /// <exception cref="ReportedException">There is not enough memory for one window.</exception>
    internal T Run<T>(Func<int, T> work)
    {
        while (true)
        {
            try
            {
                return work(Size);
            }
            catch (Exception e) when (TorchErrors.IsOutOfMemory(e))
            {
                // What the failed attempt held is free by now; kept blocks of its sizes are of no use to smaller batches.
                TensorHeap.Release();
                if (Size == 1)
                    throw new ReportedException(
                        $"There is not enough memory to train on one window: make --crop or --hidden smaller ({FirstLine(e)}).");
                say($"not enough memory for {Size} windows a step: going on with {Size / 2} ({FirstLine(e)})");
                Size /= 2;
            }
        }
    }

    private static string FirstLine(Exception e) => e.Message.Split('\n')[0].TrimEnd('.');
}
