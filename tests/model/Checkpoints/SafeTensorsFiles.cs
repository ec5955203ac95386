using ConvLstm.Nowcast.Ingest;
using ConvLstm.Nowcast.Model;
using ConvLstm.Nowcast.Model.Checkpoints;
using Xunit;

namespace ConvLstm.Nowcast.Tests.Model.Checkpoints;

public sealed class SafeTensorsFiles
{
    [Fact]
    public void TensorsAndTextsComeBackAsTheyWere()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var tensors = new Dictionary<string, Tensor>
        {
            ["a"] = randn([2, 3]), ["scalar"] = tensor(4f), ["turned"] = randn([3, 5]).transpose(0, 1),
        };

        SafeTensors.Write(folder.File("w.safetensors"), tensors, new Dictionary<string, string> { ["text"] = "°C – ünïcode" });
        var (read, metadata) = SafeTensors.Read(folder.File("w.safetensors"));

        Assert.Equal("°C – ünïcode", metadata["text"]);
        foreach (var (name, tensor) in tensors)
            Assert.Equal(tensor.ToFloats(), read[name].ToFloats());
        Assert.Equal([5, 3], read["turned"].shape);
    }

    [Fact]
    public void AFileCutOffAtAnyPlaceIsOneClearError()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        SafeTensors.Write(folder.File("w.safetensors"), new Dictionary<string, Tensor> { ["a"] = randn([20]) },
            new Dictionary<string, string>());
        var whole = System.IO.File.ReadAllBytes(folder.File("w.safetensors"));

        for (var length = 0; length < whole.Length; length++)
        {
            System.IO.File.WriteAllBytes(folder.File("cut.safetensors"), whole[..length]);
            var error = Assert.Throws<ReportedException>(() => SafeTensors.Read(folder.File("cut.safetensors")));
            Assert.Contains("cut.safetensors", error.Message, StringComparison.Ordinal);
        }
        Assert.Contains("nowcast train", Assert.Throws<ReportedException>(() => SafeTensors.Read(folder.File("none"))).Message,
            StringComparison.Ordinal);
    }
}
