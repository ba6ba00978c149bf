using System.Runtime.CompilerServices;
using Reparam.Runtime.Packed.Uniform;

namespace Reparam.Runtime.Packed.Levels;

/// <summary>
/// All levels of a matrix, decoded for a call in which each of them meets many inputs: [segment][rows together][pair of columns][row, 2 words], in the order
/// in which kernels broadcast them, and [rows, segments] scales. The memory is kept and grows.
/// </summary>
internal sealed unsafe class LevelRows
{
    private AlignedMemory levels = new(0);
    private AlignedMemory scales = new(0);
    private LevelForm? form;
    private int segments;

    /// <summary>Rows with those of padding.</summary>
    public int Rows { get; private set; }

    /// <summary>Rows that a kernel takes together.</summary>
    public int Together => form!.Kernels.Most;

    /// <summary>Scale of a row in a segment; that of the next row lies <see cref="ScaleStride"/> behind it.</summary>
    public float* Scales(int row, int segment) => (float*)scales.Start + ((nint)row * segments) + segment;

    /// <summary>Floats from the scale of a row to that of the next.</summary>
    public int ScaleStride => segments;

    /// <summary>The levels of a segment from a row on, one of those that kernels begin with.</summary>
    public int* Levels(int row, UniformSegment segment) =>
        (int*)levels.Start + ((nint)Rows * (segment.Column / 2)) + ((nint)row * IntegerInputs.Pairs(segment));

    /// <summary>Decodes a matrix.</summary>
    /// <param name="weights">A matrix that has levels.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Take(PrepackedWeights weights)
    {
        form = weights.Levels!;
        var tiles = form.Tiles;
        segments = tiles.Segments.Length;
        Rows = weights.Blocks * LevelTiles.Rows;
        Reserve(ref levels, (long)Rows * sizeof(int) * PrepackedLayout.DivideUp(weights.Columns, 2));
        Reserve(ref scales, (long)Rows * sizeof(float) * segments);
        var tile = stackalloc short[LevelTiles.TileWords];
        var units = stackalloc float[LevelTiles.Rows];
        for (var block = 0; block < weights.Blocks; block++)
        {
            var row = block * LevelTiles.Rows;
            for (var segment = 0; segment < segments; segment++)
            {
                tiles.Decode(block, segment, tile, units);
                for (var lane = 0; lane < LevelTiles.Rows; lane++)
                {
                    *Scales(row + lane, segment) = units[lane];
                }

                var bytes = Together * sizeof(int);
                for (var lane = 0; lane < LevelTiles.Rows; lane += Together)
                {
                    byte* from = (byte*)((int*)tile + lane), to = (byte*)Levels(row + lane, tiles.Segments[segment]);
                    var step = LevelTiles.PairWords * sizeof(short);
                    for (var pairs = IntegerInputs.Pairs(tiles.Segments[segment]); pairs > 0; pairs--, to += bytes, from += step)
                    {
                        Unsafe.CopyBlockUnaligned(to, from, (uint)bytes);
                    }
                }
            }
        }
    }

    private static void Reserve(ref AlignedMemory memory, long bytes)
    {
        if (memory.Bytes < bytes)
        {
            memory = new AlignedMemory(bytes);
        }
    }
}
