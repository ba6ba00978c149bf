using Reparam.Benchmarks.Measuring;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;

namespace Reparam.Benchmarks.Kernels;

/// <summary>A packed product on random weights and inputs.</summary>
internal sealed class PackedProduct
{
    private readonly PackedMatrix[] copies;
    private readonly float[] inputs;
    private readonly float[] outputs;

    /// <param name="matrix">The weights.</param>
    /// <param name="path">Kernel path.</param>
    /// <param name="precision">Kernel precision.</param>
    /// <param name="batch">Input rows, at least 1.</param>
    /// <param name="cold">Whether each product takes another copy of the weights, enough of them that no cache holds one.</param>
    public PackedProduct(CodedMatrix matrix, KernelPath path, KernelPrecision precision, int batch, bool cold)
    {
        Batch = batch;
        Cold = cold;
        var first = PackedMatrix.Create(matrix, path, precision);
        copies = new PackedMatrix[cold ? BandwidthProbe.Copies(first.PrepackedBytes) : 1];
        copies[0] = first;
        for (var i = 1; i < copies.Length; i++)
        {
            copies[i] = PackedMatrix.Create(matrix, path, precision);
        }

        inputs = RandomMatrix.Inputs(batch * matrix.Columns, batch);
        outputs = new float[batch * matrix.Rows];
    }

    /// <summary>Input rows.</summary>
    public int Batch { get; }

    /// <summary>Whether the weights come from memory.</summary>
    public bool Cold { get; }

    /// <summary>Bytes of the weights in memory.</summary>
    public long Bytes => copies[0].PrepackedBytes;

    /// <summary>This product as a contender.</summary>
    public Contender Contender(string name) => Measuring.Contender.Over(name, copies, Multiply, Bytes, Cold);

    private void Multiply(PackedMatrix matrix) => matrix.Multiply(inputs, outputs, Batch);
}
