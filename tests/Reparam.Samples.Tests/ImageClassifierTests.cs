using System.Globalization;
using ImageClassifier;
using Reparam.Checkpoints;
using Reparam.Runtime;
using SkiaSharp;
using static TorchSharp.torch;

namespace Reparam.Samples.Tests;

/// <summary>The image classifier: what the app prints and draws, what it says of bad input, and its twin beside TorchSharp.</summary>
[Collection(TorchSharpAlone.Name)]
public sealed class ImageClassifierTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("images");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Each_width_has_a_row_and_stays_near_the_float_weights()
    {
        var grid = Path.Combine(folder.FullName, "grid.png");
        var (status, output, error) = AppProcess.Run("ImageClassifier", "--limit", "600", "--count", "25", "--grid", grid);
        Assert.Equal((0, ""), (status, error));
        var rows = output.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToDictionary(cells => cells.FirstOrDefault(""), cells => cells);
        var top1 = Number(rows["float32"][1]);
        Assert.InRange(top1, 96, 100);
        foreach (var (name, loss, bits) in new[] { ("4-bit", 0.5, 4.8), ("3-bit", 1.0, 3.8), ("2.5-bit", 2.0, 2.5) })
        {
            Assert.InRange(Number(rows[name][1]), top1 - loss, 100);
            Assert.InRange(Number(rows[name][3]), 2, bits + 0.005);
            Assert.True(Number(rows[name][4]) < Number(rows["float32"][4]) / 4);
        }

        using var picture = SKBitmap.Decode(grid);
        Assert.Equal((8 + (10 * 104), 8 + (3 * 126)), (picture.Width, picture.Height));
        Assert.True(picture.Pixels.Distinct().Count() > 100);
    }

    [Fact]
    public void The_twin_gives_what_TorchSharp_gives()
    {
        var file = Path.Combine(AppProcess.Folder("ImageClassifier"), "mnist.safetensors");
        using var checkpoint = Checkpoint.Open(file);
        var config = ResNetConfig.Of(file, [.. checkpoint.Names], name => checkpoint.Info(name).Shape);
        Assert.Equal(new ResNetConfig(1, 1), config);
        using var model = new ResNet(config);
        Reparam.Training.SafetensorsExtensions.LoadSafetensors(model, file);
        model.eval();
        var pixels = Mnist.Load(AppProcess.Folder("ImageClassifier")).HeldOut.Normalized(0, 4);
        using var expected = model.call(tensor(pixels).view(4, 1, 28, 28));
        var found = ResNetRuntime.Load(file, config).Call(Torch.Tensor(pixels, 4, 1, 28, 28)).ToArray<float>();
        Assert.All(expected.data<float>().ToArray().Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-3f));
    }

    [Fact]
    public void Batch_norms_are_folded_into_the_packed_weights()
    {
        using var packed = Checkpoint.Open(Path.Combine(AppProcess.Folder("ImageClassifier"), "mnist-4bit.reparam.safetensors"));
        Assert.DoesNotContain(packed.Names, name => name.Contains("bn", StringComparison.Ordinal));
    }

    [Fact]
    public void Photographs_need_a_network_that_was_imported()
    {
        var (status, _, error) = AppProcess.Run("ImageClassifier", "--images", folder.FullName);
        Assert.Equal(1, status);
        Assert.Contains("-p:ResNet=", error);
    }

    [Fact]
    public void Pictures_are_read_by_the_names_of_their_folders()
    {
        Save("cat", "a.png", 32, 32, new SKColor(10, 20, 30));
        Save("truck", "b.jpg", 32, 32, new SKColor(200, 200, 200));
        Save("cat", "c.png", 32, 32, new SKColor(1, 2, 3));
        var images = Cifar.Load(folder.FullName);
        Assert.Equal([3, 9, 3], images.Labels);
        Assert.Equal([10, 20, 30], new[] { 0, 1, 2 }.Select(channel => (int)images.Pixels[channel * 1024]));
        Assert.Equal((10 / 255f - 0.485f) / 0.229f, images.Normalized(0, 1)[0], 1e-6f);
    }

    [Fact]
    public void Bad_pictures_are_named()
    {
        Assert.Contains("/no/such", Assert.Throws<DirectoryNotFoundException>(() => Cifar.Load("/no/such")).Message);
        Assert.Contains("no picture", Assert.Throws<InvalidDataException>(() => Cifar.Load(folder.FullName)).Message);

        Save("cat", "large.png", 40, 32, SKColors.Red);
        Assert.Contains("large.png: found a picture of 40 x 32, expected 32 x 32", Assert.Throws<InvalidDataException>(() => Cifar.Load(folder.FullName)).Message);
        File.Delete(Path.Combine(folder.FullName, "cat", "large.png"));

        File.WriteAllText(Path.Combine(folder.FullName, "cat", "text.jpg"), "no picture");
        Assert.Contains("text.jpg", Assert.Throws<InvalidDataException>(() => Cifar.Load(folder.FullName)).Message);
        File.Delete(Path.Combine(folder.FullName, "cat", "text.jpg"));

        Save("cat", "cut.png", 32, 32, SKColors.Red);
        var cut = Path.Combine(folder.FullName, "cat", "cut.png");
        File.WriteAllBytes(cut, File.ReadAllBytes(cut)[..60]);
        Assert.Contains("cut.png", Assert.Throws<InvalidDataException>(() => Cifar.Load(folder.FullName)).Message);
        File.Delete(cut);

        Save("sofa", "a.png", 32, 32, SKColors.Red);
        Assert.Contains("airplane", Assert.Throws<InvalidDataException>(() => Cifar.Load(folder.FullName)).Message);
    }

    [Fact]
    public void Weights_of_another_network_are_refused()
    {
        var error = Assert.Throws<InvalidDataException>(() => ResNetConfig.Of("x.safetensors", ["embedding.weight"], _ => [1]));
        Assert.Contains("x.safetensors: found tensors such as 'embedding.weight'", error.Message);
    }

    private void Save(string label, string name, int width, int height, SKColor colour)
    {
        using var bitmap = new SKBitmap(width, height);
        bitmap.Erase(colour);
        using var data = bitmap.Encode(name.EndsWith("png", StringComparison.Ordinal) ? SKEncodedImageFormat.Png : SKEncodedImageFormat.Jpeg, 95);
        File.WriteAllBytes(Path.Combine(folder.CreateSubdirectory(label).FullName, name), data.ToArray());
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
