using System.Runtime.CompilerServices;
using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>Puts the codes and scales of row tiles into the stored form: scales not negative and in descending order, signs packed by columns.</summary>
internal sealed unsafe class RowTileWriter(BlockJob job)
{
    private const int Word = 32;

    private readonly ScaleBlocks blocks = job.Blocks;
    private readonly ShiftAddAttribute options = job.Options;
    private readonly int wordsPerRow = (job.Blocks.Columns + Word - 1) / Word;
    private readonly uint[] codes = new uint[checked(job.Options.Bits * job.Blocks.Rows * ((job.Blocks.Columns + Word - 1) / Word))];
    private readonly Half[] scales = new Half[job.Options.ScaleTerms == 0 ? Sets(job.Blocks) * job.Options.Bits : 0];
    private readonly byte[] terms = new byte[Sets(job.Blocks) * job.Options.Bits * job.Options.ScaleTerms];

    /// <summary>Takes what was chosen for the rows of a row tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Write(RowTile tile, RowTileChoice choice)
    {
        Span<int> planes = stackalloc int[BinaryCodedMatrix.MaxBits];
        Span<float> set = stackalloc float[BinaryCodedMatrix.MaxBits];
        for (var first = 0; first < tile.Rows; first += blocks.BlockRows)
        {
            var last = Math.Min(first + blocks.BlockRows, tile.Rows);
            for (var block = 0; block < blocks.Count; block++)
            {
                var flips = 0;
                for (var b = 0; b < options.Bits; b++)
                {
                    planes[b] = b;
                    set[b] = choice.Scales[((nint)block * options.Bits + b) * tile.Lanes + first];
                    flips |= set[b] < 0 ? 1 << b : 0;
                    set[b] = Math.Abs(set[b]);
                }

                set[..options.Bits].Sort(planes[..options.Bits], static (left, right) => right.CompareTo(left));
                var place = (((tile.FirstRow + first) / blocks.BlockRows * blocks.Count) + block) * options.Bits;
                for (var b = 0; b < options.Bits; b++)
                {
                    if (options.ScaleTerms == 0)
                    {
                        scales[place + b] = (Half)set[b];
                    }
                    else
                    {
                        job.Grid.Encode(set[b], terms.AsSpan((place + b) * options.ScaleTerms, options.ScaleTerms));
                    }
                }

                for (var k = blocks.Begin(block); k < blocks.Begin(block) + blocks.Width(block); k++)
                {
                    var column = choice.Codes + (nint)k * tile.Lanes;
                    var c = job.ColumnAt[k];
                    for (var b = 0; b < options.Bits; b++)
                    {
                        var plane = codes.AsSpan((b * blocks.Rows + tile.FirstRow) * wordsPerRow + c / Word);
                        for (var row = first; row < last; row++)
                        {
                            plane[row * wordsPerRow] |= (((uint)(column[row] ^ flips) >> planes[b]) & 1) << (c % Word);
                        }
                    }
                }
            }
        }
    }

    /// <summary>The matrix, once every row tile is written.</summary>
    public BinaryCodedMatrix Matrix() => new(
        blocks.Rows, blocks.Columns, options.Bits, options.GroupSize, job.Normalization.ScaleExponent, codes, scales, terms, options.ScaleTerms,
        job.Layout.Binary());

    private static int Sets(ScaleBlocks blocks) => checked((blocks.Rows + blocks.BlockRows - 1) / blocks.BlockRows * blocks.Count);
}
