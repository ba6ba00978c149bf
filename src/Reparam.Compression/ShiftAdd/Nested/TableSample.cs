using Reparam.Checkpoints.Packed;
using Reparam.Compression.Simd;

namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>Draws blocks of one or more matrices, evenly over each, and learns a table from them.</summary>
internal static class TableSample<T>
    where T : unmanaged, ILanes<T>
{
    private const int GroupsOfChunk = 512;
    private const int GroupsOfProfile = 64;

    /// <summary>Learns a table. Each matrix counts by its number of weights, whatever their size.</summary>
    /// <param name="sources">The matrices.</param>
    /// <param name="indexBits">2^indexBits profiles.</param>
    /// <param name="effort">Size of the sample and rounds.</param>
    /// <param name="seed">Seed of the draw.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public static ProfileTable Learn<TPlanes>(IReadOnlyList<NestedSource> sources, int indexBits, NestedEffort effort, int seed, ParallelOptions parallel)
        where TPlanes : struct, IPlanes
    {
        var total = sources.Sum(source => (double)source.Shape.Rows * source.Shape.Groups);
        var share = Math.Min(1, Math.Max(effort.SampleGroups, GroupsOfProfile << indexBits) / total);
        var chunks = new List<GroupBlocks<T>>();
        var factors = new List<double>();
        var random = new Random(seed);
        try
        {
            foreach (var source in sources)
            {
                parallel.CancellationToken.ThrowIfCancellationRequested();
                var first = chunks.Count;
                Draw(source, share, random, chunks);
                var energy = chunks.Skip(first).Sum(chunk => Sum(chunk.Energies)) / chunks.Skip(first).Sum(chunk => chunk.Groups);
                factors.AddRange(Enumerable.Repeat(energy > 0 ? 1 / energy : 0, chunks.Count - first));
            }

            return new TableLearner<T, TPlanes>(chunks, [.. factors], effort, seed, parallel).Learn(indexBits);
        }
        finally
        {
            chunks.ForEach(static chunk => chunk.Dispose());
        }
    }

    private static void Draw(NestedSource source, double share, Random random, List<GroupBlocks<T>> chunks)
    {
        var shape = source.Shape;
        var blocks = shape.Bands * shape.BlocksOfBand;
        var drawn = Math.Clamp((int)Math.Ceiling(blocks * share), 1, blocks);
        var groupsOfBlock = shape.SuperRows * (shape.SuperColumns / GroupTile.Size);
        var blocksOfChunk = Math.Max(1, GroupsOfChunk / groupsOfBlock);
        for (var i = 0; i < drawn; i++)
        {
            if (i % blocksOfChunk == 0)
            {
                var blocksHere = Math.Min(blocksOfChunk, drawn - i);
                chunks.Add(new GroupBlocks<T>(blocksHere, blocksHere * groupsOfBlock));
            }

            var block = drawn == blocks ? i : (int)((i + random.NextDouble()) * blocks / drawn);
            chunks[^1].Add(source.Weights.Span, shape, block, source.Normalization, source.ColumnImportances.Span);
        }
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum;
    }
}
