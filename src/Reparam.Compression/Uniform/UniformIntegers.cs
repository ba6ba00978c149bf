using Reparam.Checkpoints.Packed;
using Reparam.Compression.Calibration;
using Reparam.Compression.Methods;
using Reparam.Compression.SecondOrder;

namespace Reparam.Compression.Uniform;

/// <summary>The integers and grids of a matrix while it is coded.</summary>
internal sealed class UniformIntegers : IColumnQuantizer
{
    // Rows that a thread takes at once.
    private const int BlockRows = 16;

    private readonly LayerJob job;
    private readonly int bits;
    private readonly int last;
    private readonly int groups;
    private readonly bool isSymmetric;
    private readonly UniformGrid[] grids;
    private readonly sbyte[] exponents;
    private readonly byte[] integers;
    private readonly ClippingSearch? search;
    private readonly bool[]? isUnseen;
    private readonly UniformInputs? inputs;
    private bool areGridsChosen;

    /// <summary>Takes a matrix. Nothing is rounded yet.</summary>
    /// <param name="job">The matrix.</param>
    /// <param name="options">Its options.</param>
    /// <exception cref="UncodableLayerException">Its inputs are rounded, and their grid cannot be used.</exception>
    public UniformIntegers(LayerJob job, UniformAttribute options)
    {
        this.job = job;
        (bits, last, isSymmetric) = (options.Bits, (1 << options.Bits) - 1, options.Symmetric);
        GroupColumns = options.GroupSize == 0 ? job.Columns : Math.Min(options.GroupSize, job.Columns);
        groups = (job.Columns + GroupColumns - 1) / GroupColumns;
        grids = new UniformGrid[checked(job.Rows * groups)];
        integers = new byte[checked(job.Rows * job.Columns)];
        exponents = new sbyte[job.Rows];
        inputs = InputGrids.Of(job, options);
        search = options.ClipSearch ? new ClippingSearch(job.Calibration?.Gram, job.Columns) : null;
        isUnseen = options.Rounding == UniformRounding.Nearest ? null : Unseen(job.Calibration?.Gram);
        for (var row = 0; row < job.Rows; row++)
        {
            exponents[row] = UniformGrid.Exponent(Largest(Row(row)), bits);
        }
    }

    /// <summary>Columns of a group; the last one may have fewer.</summary>
    public int GroupColumns { get; }

    /// <summary>Chooses all grids by the weights as they are; <see cref="BeginGroup"/> then leaves them.</summary>
    public void ChooseGrids()
    {
        ForRows(row =>
        {
            for (var group = 0; group < groups; group++)
            {
                Choose(row, group, Group(row, group));
            }
        });
        areGridsChosen = true;
    }

    /// <summary>Rounds each weight to the nearest integer of its grid.</summary>
    public UniformMatrix RoundToNearest()
    {
        ChooseGrids();
        ForRows(row =>
        {
            for (var group = 0; group < groups; group++)
            {
                var weights = Group(row, group);
                ref readonly var grid = ref grids[row * groups + group];
                var destination = integers.AsSpan(row * job.Columns + group * GroupColumns, weights.Length);
                for (var k = 0; k < weights.Length; k++)
                {
                    destination[k] = (byte)grid.Nearest(weights[k], last);
                }
            }
        });
        return ToMatrix();
    }

    /// <inheritdoc/>
    public void BeginGroup(int group, in ColumnTile targets)
    {
        if (areGridsChosen)
        {
            return;
        }

        var weights = new float[targets.Columns];
        for (var row = 0; row < targets.Rows; row++)
        {
            for (var k = 0; k < weights.Length; k++)
            {
                weights[k] = targets[k][row];
            }

            Choose(targets.FirstRow + row, group, weights);
        }
    }

    /// <inheritdoc/>
    public void Quantize(int column, int firstRow, ReadOnlySpan<float> targets, Span<float> values)
    {
        var group = column / GroupColumns;
        for (var i = 0; i < targets.Length; i++)
        {
            var row = firstRow + i;
            ref readonly var grid = ref grids[row * groups + group];
            var integer = grid.Nearest(targets[i], last);
            integers[row * job.Columns + column] = (byte)integer;
            values[i] = grid.Value(integer);
        }
    }

    /// <summary>The matrix in its stored form.</summary>
    public UniformMatrix ToMatrix()
    {
        var bytes = BitString.Bytes(job.Columns, bits);
        var codes = new byte[checked(job.Rows * bytes)];
        ForRows(row => BitString.Pack(integers.AsSpan(row * job.Columns, job.Columns), bits, codes.AsSpan(row * bytes, bytes)));
        return new UniformMatrix(
            job.Rows, job.Columns, bits, groups == 1 ? 0 : GroupColumns, codes, Array.ConvertAll(grids, static grid => grid.Scale), exponents,
            isSymmetric ? ReadOnlyMemory<byte>.Empty : ZeroPoints(), inputs);
    }

    private byte[] ZeroPoints()
    {
        var bytes = BitString.Bytes(groups, bits);
        var packed = new byte[job.Rows * bytes];
        var zeros = new byte[groups];
        for (var row = 0; row < job.Rows; row++)
        {
            for (var group = 0; group < groups; group++)
            {
                zeros[group] = (byte)grids[row * groups + group].Zero;
            }

            BitString.Pack(zeros, bits, packed.AsSpan(row * bytes, bytes));
        }

        return packed;
    }

    private void Choose(int row, int group, ReadOnlySpan<float> weights)
    {
        var (low, high) = Range(weights, isUnseen is null ? [] : isUnseen.AsSpan(group * GroupColumns, weights.Length));
        if (low == high && isUnseen is not null)
        {
            (low, high) = Range(weights, []);
        }

        if (isSymmetric)
        {
            high = Math.Max(-low, high);
            low = -high;
        }

        var exponent = exponents[row];
        grids[row * groups + group] = search is null
            ? UniformGrid.Spanning(low, high, bits, isSymmetric, exponent)
            : search.Find(weights, group * GroupColumns, low, high, bits, isSymmetric, exponent);
    }

    // The range of a group's weights, 0 included, without those that are left out.
    private static (double Low, double High) Range(ReadOnlySpan<float> weights, ReadOnlySpan<bool> isLeftOut)
    {
        double low = 0, high = 0;
        for (var k = 0; k < weights.Length; k++)
        {
            if (isLeftOut.IsEmpty || !isLeftOut[k])
            {
                low = Math.Min(low, weights[k]);
                high = Math.Max(high, weights[k]);
            }
        }

        return (low, high);
    }

    // Columns whose input was always zero. Their weights add nothing to the outputs, so they must not widen a grid. Null if there are none.
    private static bool[]? Unseen(Gram? gram)
    {
        if (gram is null)
        {
            return null;
        }

        var isZero = new bool[gram.Columns];
        for (var k = 0; k < isZero.Length; k++)
        {
            isZero[k] = gram.Values.Span[k * gram.Columns + k] == 0;
        }

        return isZero.Contains(true) ? isZero : null;
    }

    private ReadOnlySpan<float> Row(int row) => job.Target.Span.Slice(row * job.Columns, job.Columns);

    private ReadOnlySpan<float> Group(int row, int group) => Row(row).Slice(group * GroupColumns, Math.Min(GroupColumns, job.Columns - group * GroupColumns));

    private void ForRows(Action<int> action) => Parallel.For(
        0, (job.Rows + BlockRows - 1) / BlockRows,
        new ParallelOptions { MaxDegreeOfParallelism = job.Threads == 0 ? -1 : job.Threads, CancellationToken = job.Cancellation },
        block =>
        {
            var end = Math.Min(job.Rows, (block + 1) * BlockRows);
            for (var row = block * BlockRows; row < end; row++)
            {
                action(row);
            }
        });

    private static float Largest(ReadOnlySpan<float> weights)
    {
        var largest = 0f;
        foreach (var weight in weights)
        {
            largest = Math.Max(largest, Math.Abs(weight));
        }

        return largest;
    }
}
