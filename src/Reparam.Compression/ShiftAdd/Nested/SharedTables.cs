using Reparam.Checkpoints.Packed;
using Reparam.Compression.ShiftAdd.Codebook;

namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>
/// Tables for matrices that are too small to bear one of their own: one for each number of planes is learned over all of them, each in units of its own
/// super-scales, when a matrix asks for it first.
/// </summary>
/// <remarks>They depend on the weights alone, so that a plan, a calibration through the network and the build that follows them all have the same.</remarks>
public sealed class SharedTables
{
    // A table of its own may cost a matrix one hundredth of its bytes.
    private const int OwnShare = 100;

    private readonly Dictionary<(int Bits, CodingQuality Quality, int Seed), ProfileTable> tables = [];
    private readonly Dictionary<(int Bits, CodingQuality Quality, int Seed), CodebookSet> sets = [];
    private readonly IReadOnlyList<SharedTableLayer> layers;

    /// <summary>Takes the matrices of a file. Nothing is read yet.</summary>
    /// <param name="layers">All that will be coded, in any order; those that can bear a table of their own are left out.</param>
    public SharedTables(IEnumerable<SharedTableLayer> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        this.layers = [.. layers.OrderBy(layer => layer.Tensor, StringComparer.Ordinal)];
    }

    /// <summary>Whether matrices of a layout may have tables.</summary>
    public static bool AreIn(ShiftAddLayout layout) => layout is ShiftAddLayout.Nested or ShiftAddLayout.Codebook or ShiftAddLayout.Auto;

    /// <summary>Whether a matrix is too small to bear a table of its own: one of full size would add more than a hundredth to its bytes.</summary>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="bits">Planes.</param>
    public static bool AreFor(int rows, int columns, int bits)
    {
        var indexBits = NestedShape.IndexBits(bits);
        return OwnShare * NestedShape.TableBytes(bits, indexBits) > NestedShape.Of(rows, columns, bits).StoredBytes(bits, indexBits);
    }

    /// <summary>Whether two matrices of one number of planes may have a table or a set of vectors in common.</summary>
    /// <param name="first">Rows and columns of one.</param>
    /// <param name="second">Rows and columns of the other.</param>
    /// <param name="bits">Planes.</param>
    public static bool AreCommon((int Rows, int Columns) first, (int Rows, int Columns) second, int bits) =>
        (AreFor(first.Rows, first.Columns, bits) && AreFor(second.Rows, second.Columns, bits))
        || (CodebookCoder.SharesSet(first.Rows, first.Columns, bits) && CodebookCoder.SharesSet(second.Rows, second.Columns, bits));

    /// <summary>Bytes of its table that a coded matrix has to bear: all where it has one of its own, else its part by the number of weights.</summary>
    public long ShareOf(CodedMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        bool Shares(int rows, int columns) => matrix switch
        {
            CodebookMatrix codebook => CodebookCoder.SharesSet(rows, columns, codebook.Bits),
            NestedMatrix nested => AreFor(rows, columns, nested.Bits),
            _ => false,
        };
        if (matrix.TableBytes == 0 || !Shares(matrix.Rows, matrix.Columns))
        {
            return matrix.TableBytes;
        }

        var weights = (long)matrix.Rows * matrix.Columns;
        var all = layers.Where(layer => Shares(layer.Rows, layer.Columns)).Sum(layer => (long)layer.Rows * layer.Columns);
        return (long)Math.Round((double)matrix.TableBytes * weights / Math.Max(weights, all));
    }

    /// <summary>The table of a matrix; null where it has one of its own.</summary>
    internal ProfileTable? Find(NestedShape shape, ShiftAddAttribute options, ParallelOptions parallel)
    {
        if (!AreFor(shape.Rows, shape.Columns, options.Bits))
        {
            return null;
        }

        lock (tables)
        {
            var key = (options.Bits, options.Quality, options.Seed);
            if (tables.TryGetValue(key, out var table))
            {
                return table;
            }

            var sharers = layers.Where(layer => AreFor(layer.Rows, layer.Columns, options.Bits)).ToArray();
            if (sharers.Length < 2)
            {
                return null;
            }

            parallel.CancellationToken.ThrowIfCancellationRequested();
            table = NestedCoder.Learn(
                [.. sharers.Select(layer => new NestedSource(layer.Weights(), NestedShape.Of(layer.Rows, layer.Columns, options.Bits), layer.Tensor))],
                options, parallel);
            tables.Add(key, table);
            return table;
        }
    }

    /// <summary>The vectors of a matrix in overlapped codebooks; null where it has a set of its own.</summary>
    internal CodebookSet? FindSet(int rows, int columns, ShiftAddAttribute options, int threads, CancellationToken cancellation)
    {
        if (!CodebookCoder.SharesSet(rows, columns, options.Bits))
        {
            return null;
        }

        lock (sets)
        {
            var key = (options.Bits, options.Quality, options.Seed);
            if (sets.TryGetValue(key, out var set))
            {
                return set;
            }

            var sharers = layers.Where(layer => CodebookCoder.SharesSet(layer.Rows, layer.Columns, options.Bits)).ToArray();
            if (sharers.Length < 2)
            {
                return null;
            }

            set = CodebookCoder.LearnShared(sharers, options, threads, cancellation);
            sets.Add(key, set);
            return set;
        }
    }
}
