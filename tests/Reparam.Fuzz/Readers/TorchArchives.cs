using System.IO.Compression;
using Reparam.Checkpoints.Tests.Import;

namespace Reparam.Fuzz.Readers;

/// <summary>Further archives of PyTorch: a pickled module, a compressed one.</summary>
internal static class TorchArchives
{
    /// <summary>A whole module.</summary>
    public static byte[] Module { get; } = PickleBuilder.Zip(
        new PickleBuilder().Module("Net", Tensors, buffers => buffers.Text("mean").Tensor("FloatStorage", "0", 12, 2, [2], [1]), modules => modules
            .Text("fc").Module("Linear", Tensors, _ => { }, _ => { })).End(),
        "little", ("0", Floats(12)));

    /// <summary>A compressed archive.</summary>
    public static byte[] Compressed { get; } = PickleBuilder.Archive(CompressionLevel.Optimal, ("archive/data.pkl", Dictionary()), ("archive/data/0", Floats(12)));

    private static byte[] Dictionary() => PickleBuilder.Dictionary(Tensors);

    private static void Tensors(PickleBuilder dictionary) => dictionary
        .Text("weight").Tensor("FloatStorage", "0", 12, 0, [3, 4], [4, 1])
        .Text("bias").Tensor("FloatStorage", "0", 12, 0, [4], [3])
        .Text("turned").Tensor("FloatStorage", "0", 12, 4, [2, 3], [1, 2]);

    private static byte[] Floats(int count) => [.. Weights.Numbers(count, 5).SelectMany(BitConverter.GetBytes)];
}
