using System.Diagnostics;

namespace ConvLstm.Nowcast.Jobs.Workers;

/// <summary>
/// Ends a process whose thread pool answers no more. At the limit of its memory the system starts no thread, which the runtime says to
/// nobody: what waits for a thread of the pool would wait for ever, and so would the service for its answer.
/// </summary>
internal static class ThreadPoolWatch
{
    /// <summary>On a busy machine a process that lets others go first waits too, but not for minutes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);

    /// <summary>To be called before memory is limited: this takes a thread of its own.</summary>
    internal static void Start() => new Thread(Watch) { IsBackground = true, Name = "thread pool watch" }.Start();

    private static void Watch()
    {
        using var answered = new ManualResetEventSlim();
        WaitCallback answer = _ => answered.Set();
        for (; ; Thread.Sleep(BetweenLooks))
        {
            answered.Reset();
            ThreadPool.UnsafeQueueUserWorkItem(answer, null);
            if (answered.Wait(Patience))
                continue;
            Console.Error.WriteLine($"out of memory: no thread was started in {Patience.TotalSeconds:0} s");
            Process.GetCurrentProcess().Kill();
        }
    }
}
