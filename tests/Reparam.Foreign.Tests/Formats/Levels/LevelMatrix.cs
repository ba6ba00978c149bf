using System.Runtime.InteropServices;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;

namespace Reparam.Foreign.Tests.Formats.Levels;

/// <summary>Each weight is one of 256 floats, which other weights may share.</summary>
/// <param name="rows">Outputs.</param>
/// <param name="columns">Inputs.</param>
/// <param name="indices">[rows, columns].</param>
/// <param name="levels">[256].</param>
internal sealed class LevelMatrix(int rows, int columns, byte[] indices, float[] levels) : CodedMatrix(rows, columns)
{
    public byte[] Indices => indices;

    public override PackedFormat Format => LevelFormat.Instance;

    public override long StoredBytes => indices.Length;

    public override CodedTable StoredTable => new(DType.F32, [levels.Length], MemoryMarshal.AsBytes(levels.AsSpan()).ToArray());

    public override void DecodeRow(int row, Span<float> destination)
    {
        for (var k = 0; k < Columns; k++)
        {
            destination[k] = levels[indices[(row * Columns) + k]];
        }
    }
}
