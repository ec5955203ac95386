using System.Runtime.InteropServices;
using ConvLstm.Nowcast.Natives;

// The library of TorchSharp 0.107 asks for GLIBCXX_3.4.32 (GCC 13), which Debian 12 and Ubuntu 22.04 have not, for the sake of one
// function that does nothing which the libraries of libtorch have not done already.
const string Version = "GLIBCXX_3.4.32", Function = "_ZSt21ios_base_library_initv", Harmless = "_ZN3c108GradMode10is_enabledEv";

if (args is not [var path])
{
    Console.Error.WriteLine("error: name the libLibTorchSharp.so that is to load on this machine, or the TorchSharp.dll that calls it");
    return 2;
}
return Path.GetExtension(path) == ".dll" ? HoldArguments(path) : MakeLoadable(path);

static int HoldArguments(string path)
{
    try
    {
        HeldArguments.Hold(path);
        return 0;
    }
    catch (Exception e) when (e is BadImageFormatException or IOException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine($"error: {path}: {e.Message}. Only the assembly of TorchSharp 0.107.0 is known to be mended here.");
        return 1;
    }
}

static int MakeLoadable(string path)
{
    if (NativeLibrary.TryLoad("libstdc++.so.6", out var here) && NativeLibrary.TryGetExport(here, Function, out _))
        return 0;
    try
    {
        var library = File.ReadAllBytes(path);
        if (new SymbolVersions(library).MakeOptional(Version, Function, Harmless))
        {
            // The same time, so that the next build sees no other file than the one it would copy.
            var (written, unfinished) = (File.GetLastWriteTimeUtc(path), path + ".part");
            File.WriteAllBytes(unfinished, library);
            File.SetLastWriteTimeUtc(unfinished, written);
            File.Move(unfinished, path, overwrite: true);
        }
        return 0;
    }
    catch (Exception e) when (
        e is InvalidDataException or IOException or UnauthorizedAccessException or ArgumentOutOfRangeException or OverflowException)
    {
        Console.Error.WriteLine(
            $"error: {path}: {e.Message}. This machine's libstdc++ is older than GCC 13 and lacks {Version}; only the library of "
                + "TorchSharp 0.107.0 is known to do without.");
        return 1;
    }
}
