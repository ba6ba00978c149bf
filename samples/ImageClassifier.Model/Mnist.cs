using System.Buffers.Binary;
using System.IO.Compression;

namespace ImageClassifier;

/// <summary>Handwritten digits: the test part of MNIST, of which the first 8,000 are for training here and the last 2,000 are held out.</summary>
public static class Mnist
{
    private const int TrainingCount = 8000;
    private const int ImagesMagic = 0x803, LabelsMagic = 0x801;

    /// <summary>Reads the two files.</summary>
    /// <param name="folder">Where they lie.</param>
    /// <exception cref="InvalidDataException">A file is not what it should be.</exception>
    public static (ImageSet Training, ImageSet HeldOut) Load(string folder)
    {
        var (imageFile, labelFile) = (Path.Combine(folder, "t10k-images-idx3-ubyte.gz"), Path.Combine(folder, "t10k-labels-idx1-ubyte.gz"));
        var (sizes, pixels) = Read(imageFile, ImagesMagic, dimensions: 3);
        var (counts, labels) = Read(labelFile, LabelsMagic, dimensions: 1);
        if (sizes[0] != counts[0] || sizes[1] != sizes[2] || sizes[0] <= TrainingCount)
        {
            throw new InvalidDataException(
                $"{imageFile}: found {sizes[0]} images of {sizes[1]} x {sizes[2]} and {counts[0]} labels, expected 10000 images of 28 x 28.");
        }

        var all = new ImageSet("MNIST", [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")], 1, sizes[1], pixels, [.. labels.Select(label => (int)label)]);
        return (
            all.Range(0, TrainingCount) with { Name = "MNIST, training" },
            all.Range(TrainingCount, all.Count - TrainingCount) with { Name = "MNIST, held out" });
    }

    // IDX: a magic number, a big-endian length of each dimension, the values.
    private static (int[] Sizes, byte[] Values) Read(string path, int magic, int dimensions)
    {
        using var bytes = new MemoryStream();
        using (var packed = new GZipStream(File.OpenRead(path), CompressionMode.Decompress))
        {
            packed.CopyTo(bytes);
        }

        var header = 4 + (4 * dimensions);
        var file = bytes.ToArray();
        var found = file.Length < header ? 0 : BinaryPrimitives.ReadInt32BigEndian(file);
        if (found != magic)
        {
            throw new InvalidDataException($"{path}: found the magic number {found}, expected {magic}.");
        }

        int[] sizes = [.. Enumerable.Range(1, dimensions).Select(i => BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(4 * i)))];
        var count = sizes.Aggregate(1L, (product, size) => product * size);
        return file.Length - header == count
            ? (sizes, file[header..])
            : throw new InvalidDataException($"{path}: found {file.Length - header} values, expected {count}.");
    }
}
