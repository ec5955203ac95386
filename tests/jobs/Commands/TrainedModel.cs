using Xunit;

namespace ConvLstm.Nowcast.Tests.Jobs.Commands;

/// <summary>A checkpoint that <c>nowcast train</c> made of an archive, once for the tests of a class.</summary>
public sealed class TrainedModel : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    public Archive Archive { get; } = new();

    internal string File => _folder.File("rain.safetensors");

    /// <summary>What the command printed.</summary>
    internal string Report { get; private set; } = "";

    public async ValueTask InitializeAsync() => Report = await Cli.In(_folder).DoAsync(
        "train", "--data", Archive.Folder, "--out", "rain.safetensors", "--epochs", "1", "--hidden", "4", "--patch", "4", "--crop", "32",
        "--past", "3", "--future", "3", "--batch", "16", "--seed", "3", "--pixel-windows", "16", "--pixel-steps", "30");

    public ValueTask DisposeAsync()
    {
        Archive.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
