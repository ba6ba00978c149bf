using SkiaSharp;

namespace ImageClassifier;

/// <summary>Small photographs in a folder for each class, as CIFAR-10 is often given.</summary>
public static class Cifar
{
    private const int Side = 32;

    private static readonly string[] Endings = [".jpg", ".jpeg", ".png"];

    /// <summary>The classes in the order of the network's outputs.</summary>
    public static IReadOnlyList<string> Classes { get; } =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>Reads every picture of a folder.</summary>
    /// <param name="folder">Has folders called as the classes, at any depth, with pictures of 32 x 32 in JPEG or PNG.</param>
    /// <param name="progress">Told how many pictures have been read.</param>
    /// <param name="cancellation">Asked before each picture.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">There is no picture, a folder is no class, or a picture cannot be read or has another size.</exception>
    public static ImageSet Load(string folder, IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException(
                $"{folder}: found no such folder, expected one with a folder of pictures for each class: {string.Join(", ", Classes)}.");
        }

        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Endings.Contains(Path.GetExtension(file).ToLowerInvariant())).Select(file => (Path: file, Label: ClassOf(file))).ToArray();
        if (files.Length == 0)
        {
            throw new InvalidDataException($"{folder}: found no picture (.jpg, .jpeg, .png) in folders called {string.Join(", ", Classes)}.");
        }

        // Classes in turn, so that a part of the set has a little of each.
        var inTurn = files.GroupBy(file => file.Label).SelectMany(group => group.OrderBy(file => file.Path, StringComparer.Ordinal).Index())
            .OrderBy(entry => entry.Index).ThenBy(entry => entry.Item.Label).Select(entry => entry.Item).ToArray();
        var pixels = new byte[inTurn.Length * 3 * Side * Side];
        foreach (var (index, (path, _)) in inTurn.Index())
        {
            cancellation.ThrowIfCancellationRequested();
            Read(path, pixels.AsSpan(index * 3 * Side * Side, 3 * Side * Side));
            progress?.Report(index + 1);
        }

        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return new ImageSet(name, Classes, 3, Side, pixels, [.. inTurn.Select(file => file.Label)]);
    }

    private static int ClassOf(string file)
    {
        var label = Classes.ToList().IndexOf(Path.GetFileName(Path.GetDirectoryName(file)!));
        return label >= 0
            ? label
            : throw new InvalidDataException($"{file}: found a picture in a folder that is no class, expected one of {string.Join(", ", Classes)}.");
    }

    private static void Read(string path, Span<byte> planes)
    {
        using var codec = SKCodec.Create(path) ?? throw Unreadable(path);
        if (codec.Info.Width != Side || codec.Info.Height != Side)
        {
            throw new InvalidDataException($"{path}: found a picture of {codec.Info.Width} x {codec.Info.Height}, expected {Side} x {Side}.");
        }

        using var bitmap = new SKBitmap(new SKImageInfo(Side, Side, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        if (codec.GetPixels(bitmap.Info, bitmap.GetPixels()) != SKCodecResult.Success)
        {
            throw Unreadable(path);
        }

        var values = bitmap.GetPixelSpan();
        for (var i = 0; i < Side * Side; i++)
        {
            for (var channel = 0; channel < 3; channel++)
            {
                planes[(channel * Side * Side) + i] = values[(4 * i) + channel];
            }
        }
    }

    private static InvalidDataException Unreadable(string path) =>
        new($"{path}: found something that is no picture or is damaged, expected a JPEG or PNG file.");
}
