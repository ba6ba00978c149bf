using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>A weight that is not coded, whose product does something to its inputs first. It lies in no packed file.</summary>
/// <param name="rows">Rows.</param>
/// <param name="columns">Columns.</param>
/// <param name="weights">[rows, columns]; kept.</param>
internal sealed class DenseMatrix(int rows, int columns, float[] weights) : CodedMatrix(rows, columns)
{
    public override PackedFormat Format => throw new NotSupportedException("a dense weight has no packed format");

    public override long StoredBytes => sizeof(float) * (long)weights.Length;

    public override bool RoundsInputs => true;

    public override void DecodeRow(int row, Span<float> destination) => weights.AsSpan(row * Columns, Columns).CopyTo(destination);
}
