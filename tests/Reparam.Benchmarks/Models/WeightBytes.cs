using Reparam.Runtime;

namespace Reparam.Benchmarks.Models;

/// <summary>What a decoder's matrices take in memory. Decoding a token reads each of them once, but of the embedding, where it is not the classifier too, a row.</summary>
internal sealed class WeightBytes : ComponentVisitor
{
    /// <summary>Bytes of packed matrices.</summary>
    public long Packed { get; private set; }

    /// <summary>Bytes of matrices in single precision.</summary>
    public long Dense { get; private set; }

    /// <summary>Bytes of the packed matrices in their file.</summary>
    public long Stored { get; private set; }

    /// <summary>Adds up a decoder.</summary>
    public static WeightBytes Of(Decoder decoder)
    {
        var bytes = new WeightBytes();
        decoder.Accept(bytes);
        return bytes;
    }

    protected override void OnParameter(string name, Parameter parameter)
    {
        foreach (var matrix in parameter.Packed ?? [])
        {
            Packed += matrix.PrepackedBytes;
            Stored += matrix.StoredBytes;
        }

        if (!parameter.IsPacked)
        {
            Dense += parameter.Numel() * sizeof(float);
        }
    }

    protected override void OnBuffer(string name, Tensor buffer)
    {
    }
}
