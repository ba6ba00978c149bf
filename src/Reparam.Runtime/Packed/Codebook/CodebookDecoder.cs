using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Tiles;

namespace Reparam.Runtime.Packed;

/// <summary>Overlapped codebooks: four columns at a time are the sum, over the stages, of the parts of the vectors that cover them.</summary>
internal sealed unsafe class CodebookDecoder : RowDecoder
{
    private const int Quad = 4;

    // Maximum number of vectors that cover a quad: spans of 32 at every fourth column.
    private const int MaxReach = CodebookStage.MaxSpan / Quad;

    // The index of a vector of zeros, for positions before the super-block.
    private const byte None = CodebookStage.Vectors;

    private readonly Stage[] stages;
    private readonly float[] units;
    private readonly int first;
    private readonly int superRows;
    private readonly int superColumns;
    private readonly int superBlocks;

    /// <summary>Repacks some neighbouring rows of a matrix.</summary>
    /// <exception cref="ArgumentException">A super-scale is not finite.</exception>
    public CodebookDecoder(CodebookMatrix matrix, int first, int rows)
    {
        ScaleRange.RequireFinite(matrix.SuperScales.Span, matrix.Set.Step);
        this.first = first;
        (superRows, superColumns, superBlocks) = (matrix.SuperRows, matrix.SuperColumns, matrix.SuperBlocks);
        ScaleExponent = matrix.ScaleExponent;
        stages = [.. matrix.Set.Stages.Select((_, i) => new Stage(matrix, i, first, rows))];
        var largest = stages.Sum(stage => stage.Largest);
        units = new float[matrix.SuperScales.Length];
        for (var i = 0; i < units.Length; i++)
        {
            units[i] = (float)matrix.SuperScales.Span[i] * matrix.Set.Step;
            Bound = Math.Max(Bound, units[i] * largest);
        }
    }

    public override int ScaleExponent { get; }

    public override float Bound { get; }

    public override long Bytes => stages.Sum(stage => stage.Bytes) + (sizeof(float) * (long)units.Length);

    // A super-block is of whole tiles or as wide as the matrix, so a row of a tile has one unit.
    private bool HasRowUnits => superBlocks == 1 || superColumns % TileColumns == 0;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Decode(int row, int rows, int column, int columns, float factor, float* tile, float* units)
    {
        var indices = stackalloc byte[MaxReach + (TileColumns / Quad)];
        var end = column + columns;
        for (var r = 0; r < rows; r++, tile += TileColumns)
        {
            new Span<float>(tile, TileColumns).Clear();
            units[r] = HasRowUnits ? Unit(row + r, column) * factor : 1;
            for (int start = column, next; start < end; start = next)
            {
                // The part of a super-block that lies in the tile.
                var begin = start / superColumns * superColumns;
                next = (int)Math.Min(end, (long)begin + superColumns);
                var part = tile + (start - column);
                foreach (var stage in stages)
                {
                    Unpack(stage, row + r, begin, start, next, indices);
                    Add(stage, start, next, indices, part);
                }

                if (!HasRowUnits)
                {
                    var integers = new Span<float>(part, next - start);
                    TensorPrimitives.Multiply(integers, Unit(row + r, start) * factor, integers);
                }
            }
        }
    }

    private float Unit(int row, int column) => units[((first + row) / superRows * superBlocks) + (column / superColumns)];

    // indices[MaxReach + i]: the vector at position i of the part, counted from the last one that begins at or before its first column.
    private static void Unpack(Stage stage, int row, int begin, int start, int end, byte* indices)
    {
        var packed = stage.Row(row);
        var origin = start / stage.Stride;
        for (var position = origin - stage.Reach + 1; position * stage.Stride < end; position++)
        {
            indices[MaxReach + position - origin] = position * stage.Stride < begin ? None : (byte)((packed[position >> 1] >> (4 * (position & 1))) & 15);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Add(Stage stage, int start, int end, byte* indices, float* sums)
    {
        var vectors = stage.Vectors;
        nint span = stage.Span;
        var quads = stage.Stride / Quad;
        var index = indices + MaxReach;
        var quad = start / Quad % quads;
        for (var k = start; k < end; k += Quad, sums += Quad)
        {
            var sum = Vector128.Load(sums);
            var part = vectors + (quad * Quad);
            for (var reach = 0; reach < stage.Reach; reach++)
            {
                sum += Vector128.Load(part + (index[-reach] * span) + (reach * stage.Stride));
            }

            sum.Store(sums);
            if (++quad == quads)
            {
                quad = 0;
                index++;
            }
        }
    }

    /// <summary>The indices and the vectors of a stage.</summary>
    private sealed class Stage
    {
        private readonly AlignedMemory indices;
        private readonly AlignedMemory vectors;
        private readonly int rowBytes;

        public Stage(CodebookMatrix matrix, int i, int first, int rows)
        {
            (Stride, Span) = matrix.Set.Stages[i];
            rowBytes = matrix.Set.Stages[i].BytesPerRow(matrix.Columns);
            indices = new AlignedMemory((long)rows * rowBytes);
            matrix.StageIndices(i).Slice(first * rowBytes, rows * rowBytes).CopyTo(new Span<byte>(indices.Start, rows * rowBytes));

            // The last vector, of zeros, is that of None.
            vectors = new AlignedMemory((CodebookStage.Vectors + 1) * Span * sizeof(float));
            var entries = matrix.Set.Vectors(i);
            for (var n = 0; n < entries.Length; n++)
            {
                Vectors[n] = entries[n];
                Largest = Math.Max(Largest, Math.Abs((int)entries[n]) * Reach);
            }
        }

        public int Stride { get; }

        public int Span { get; }

        /// <summary>Vectors that cover a column.</summary>
        public int Reach => Span / Stride;

        /// <summary>A bound of what the stage adds to a weight.</summary>
        public int Largest { get; }

        public long Bytes => indices.Bytes + vectors.Bytes;

        /// <summary>[17, span].</summary>
        public float* Vectors => (float*)vectors.Start;

        public byte* Row(int row) => indices.Start + ((nint)row * rowBytes);
    }
}
