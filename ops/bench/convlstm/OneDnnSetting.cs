using System.Runtime.InteropServices;

namespace ConvLstm.Nowcast.Bench.ConvLstm;

/// <summary>
/// Whether libtorch convolves with oneDNN, until it is disposed. That of libtorch 2.10 errs on some processors, where our program turns
/// it off: the peer is compared without it there, and timed with it, as libtorch comes.
/// </summary>
internal sealed partial class OneDnnSetting : IDisposable
{
    private readonly byte _before;

    internal OneDnnSetting(bool on)
    {
        _before = UserEnabledMkldnn(GlobalContext());
        SetUserEnabledMkldnn(GlobalContext(), on ? (byte)1 : (byte)0);
    }

    public void Dispose() => SetUserEnabledMkldnn(GlobalContext(), _before);

    // Of at::Context, which TorchSharp does not show, by their names in libtorch 2.10.
    [LibraryImport("torch_cpu", EntryPoint = "_ZN2at13globalContextEv")]
    private static partial nint GlobalContext();

    [LibraryImport("torch_cpu", EntryPoint = "_ZNK2at7Context17userEnabledMkldnnEv")]
    private static partial byte UserEnabledMkldnn(nint context);

    [LibraryImport("torch_cpu", EntryPoint = "_ZN2at7Context20setUserEnabledMkldnnEb")]
    private static partial void SetUserEnabledMkldnn(nint context, byte enabled);
}
