using Reparam.Checkpoints;

namespace ImageClassifier;

/// <summary>One file of weights beside the app.</summary>
/// <param name="Bits">Bits of a weight, as people call it.</param>
/// <param name="FileName">Name of the file.</param>
public sealed record ModelFile(string Bits, string FileName)
{
    /// <summary>What the build puts beside the app, the float weights first.</summary>
    /// <param name="network"><c>mnist</c> or <c>resnet</c>.</param>
    public static IReadOnlyList<ModelFile> Of(string network) =>
        [new("32", $"{network}.safetensors"), .. new[] { "4", "3", "2.5" }.Select(bits => new ModelFile(bits, $"{network}-{bits}bit.reparam.safetensors"))];

    /// <summary>Where it lies.</summary>
    public string Path => System.IO.Path.Combine(AppContext.BaseDirectory, FileName);

    /// <summary>Bits a coded weight, with all that the file holds of it; of a float file those of its type.</summary>
    /// <param name="weights">This file.</param>
    /// <param name="dense">The float weights.</param>
    public static double StoredBits(ICheckpoint weights, ICheckpoint dense)
    {
        // Of a folded batch norm nothing is left, and its bias is the convolution's: neither is a weight that was coded.
        var coded = dense.Names.Where(name => dense.Info(name).Shape.Length >= 2 && !weights.Contains(name)).ToArray();
        var elements = coded.Sum(name => dense.Info(name).ElementCount);
        var bytes = weights.Names.Where(name => coded.Any(weight => name.StartsWith(weight + ".", StringComparison.Ordinal)) || IsTable(name))
            .Sum(name => weights.Info(name).ByteLength);
        return elements == 0 ? 32 : 8.0 * bytes / elements;
    }

    private static bool IsTable(string name) => name.StartsWith("reparam.", StringComparison.Ordinal);
}
