using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Numerics;
using Reparam.Compression.SecondOrder;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>
/// A row tile: neighbouring rows of a matrix while they are coded, side by side in the lanes of vectors. It holds whole blocks of scales, and 16 rows or more.
/// Every array is [columns, lanes].
/// </summary>
internal sealed unsafe class RowTile : IDisposable
{
    private const int VectorBytes = 64;

    private readonly List<nint> owned = [];

    /// <summary>Allocates the arrays.</summary>
    /// <param name="blocks">How scales are shared.</param>
    /// <param name="bits">Planes.</param>
    public RowTile(ScaleBlocks blocks, int bits)
    {
        Blocks = blocks;
        Bits = bits;
        Capacity = RowsOf(blocks);
        Lanes = (Capacity + RankUpdate.Lanes - 1) / RankUpdate.Lanes * RankUpdate.Lanes;
        var all = (nuint)blocks.Columns * (nuint)Lanes;
        Weights = Take(all);
        Values = Take(all);
        Gradient = Take(all);
        Targets = Take(all);
        Codes = (int*)Take(all);
        Scales = Take((nuint)blocks.Count * (nuint)bits * (nuint)Lanes);
        Mask = Take((nuint)Lanes);
        var block = (nuint)blocks.BlockColumns * (nuint)Lanes;
        LocalGradient = Take(block);
        OldValues = Take(block);
        Delta = Take(block);
        BestValues = Take(block);
        BestCodes = (int*)Take(block);
        BestScales = Take(BinaryCodedMatrix.MaxBits * (nuint)Lanes);
        BestCost = Take((nuint)Lanes);
        Signs = Take(block * (nuint)bits);
        Products = Take(block * (nuint)bits);
        Levels = Take((1 << (BinaryCodedMatrix.MaxBits - 1)) * (nuint)Lanes);
        LevelCodes = (int*)Take((1 << (BinaryCodedMatrix.MaxBits - 1)) * (nuint)Lanes);
        Sums = Take(MaxSums * (nuint)Lanes);
        Trial = Take(BinaryCodedMatrix.MaxBits * 3 * (nuint)Lanes);
        Chosen = (int*)NativeMemory.AlignedAlloc((nuint)blocks.BlockColumns * sizeof(int), VectorBytes);
        owned.Add((nint)Chosen);
    }

    /// <summary>Sums that a block of scales needs: the normal equations of four scales, and two errors.</summary>
    public const int MaxSums = 16;

    public ScaleBlocks Blocks { get; }

    public int Bits { get; }

    /// <summary>Rows that fit.</summary>
    public int Capacity { get; }

    /// <summary>Lanes, a multiple of 16.</summary>
    public int Lanes { get; }

    /// <summary>Rows of the matrix that are here now.</summary>
    public int Rows { get; private set; }

    /// <summary>First of them.</summary>
    public int FirstRow { get; private set; }

    /// <summary>W, normalized.</summary>
    public float* Weights { get; }

    /// <summary>Q.</summary>
    public float* Values { get; }

    /// <summary>H·(q − w).</summary>
    public float* Gradient { get; }

    /// <summary>Compensated weights, in the order of coding.</summary>
    public float* Targets { get; }

    /// <summary>Bit b is set where the sign in plane b is plus.</summary>
    public int* Codes { get; }

    /// <summary>[blocks side by side, bits, lanes].</summary>
    public float* Scales { get; }

    /// <summary>All bits set in the lanes that hold a row.</summary>
    public float* Mask { get; }

    public float* LocalGradient { get; }

    public float* OldValues { get; }

    public float* Delta { get; }

    public float* BestValues { get; }

    public int* BestCodes { get; }

    public float* BestScales { get; }

    public float* BestCost { get; }

    public float* Signs { get; }

    public float* Products { get; }

    public float* Levels { get; }

    public int* LevelCodes { get; }

    public float* Sums { get; }

    public float* Trial { get; }

    public int* Chosen { get; }

    /// <summary>Rows of a row tile: a whole number of blocks, about sixteen rows where blocks are lower.</summary>
    public static int RowsOf(ScaleBlocks blocks) => blocks.BlockRows * Math.Max(1, RankUpdate.Lanes / blocks.BlockRows);

    /// <summary>Takes rows of the matrix in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Load(ReadOnlySpan<float> weights, int tile, Normalization normalization, ReadOnlySpan<int> columnAt)
    {
        var columns = Blocks.Columns;
        FirstRow = tile * Capacity;
        Rows = Math.Min(Capacity, Blocks.Rows - FirstRow);
        for (var lane = 0; lane < Lanes; lane++)
        {
            Mask[lane] = BitConverter.UInt32BitsToSingle(lane < Rows ? uint.MaxValue : 0);
            if (lane >= Rows)
            {
                for (var k = 0; k < columns; k++)
                {
                    Weights[(nint)k * Lanes + lane] = 0;
                }

                continue;
            }

            var row = weights.Slice((FirstRow + lane) * columns, columns);
            for (var k = 0; k < columns; k++)
            {
                Weights[(nint)k * Lanes + lane] = normalization.Apply(row[columnAt[k]]);
            }
        }
    }

    /// <summary>‖w‖² of the rows here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double SquaredNorm()
    {
        var sum = 0.0;
        for (nint k = 0; k < Blocks.Columns; k++)
        {
            for (var lane = 0; lane < Rows; lane++)
            {
                sum += (double)Weights[k * Lanes + lane] * Weights[k * Lanes + lane];
            }
        }

        return sum;
    }

    /// <summary>Scales of a block column, [bits, lanes].</summary>
    public float* ScalesOf(int block) => Scales + (nint)block * Bits * Lanes;

    /// <summary>Takes codes and scales over from a coded matrix.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void LoadCodes(BinaryCodedMatrix matrix, ReadOnlySpan<int> columnAt)
    {
        var words = matrix.WordsPerRow;
        var plane = matrix.Rows * words;
        for (var lane = 0; lane < Lanes; lane++)
        {
            var row = Math.Min(FirstRow + lane, matrix.Rows - 1);
            for (var block = 0; block < Blocks.Count; block++)
            {
                var scales = ScalesOf(block) + lane;
                for (var b = 0; b < Bits; b++)
                {
                    scales[b * Lanes] = lane < Rows ? matrix.Scale(row / matrix.BlockRows, block, b) : 0;
                }

                for (var k = Blocks.Begin(block); k < Blocks.Begin(block) + Blocks.Width(block); k++)
                {
                    var (code, value) = (0, 0f);
                    for (var b = 0; b < Bits; b++)
                    {
                        var plus = (int)(matrix.Codes.Span[b * plane + row * words + columnAt[k] / 32] >> (columnAt[k] % 32)) & 1;
                        code |= plus << b;
                        value += plus != 0 ? scales[b * Lanes] : -scales[b * Lanes];
                    }

                    Codes[(nint)k * Lanes + lane] = code;
                    Values[(nint)k * Lanes + lane] = value;
                }
            }
        }
    }

    /// <summary>Delta = left − right in the lanes that hold a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Subtract(float* left, float* right, int width)
    {
        nint lanes = Lanes;
        for (nint lane = 0; lane < lanes; lane += RankUpdate.Lanes)
        {
            var mask = Vector512.Load(Mask + lane);
            for (var place = lane; place < width * lanes; place += lanes)
            {
                ((Vector512.Load(left + place) - Vector512.Load(right + place)) & mask).Store(Delta + place);
            }
        }
    }

    /// <summary>Moves the columns of Delta that are not zero to the front and names them in <see cref="Chosen"/>.</summary>
    /// <returns>How many there are.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int DropUnmoved(int width, int begin)
    {
        nint lanes = Lanes;
        var count = 0;
        for (var c = 0; c < width; c++)
        {
            var column = new Span<float>(Delta + c * lanes, Lanes);
            if (column.ContainsAnyExcept(0f))
            {
                column.CopyTo(new Span<float>(Delta + count * lanes, Lanes));
                Chosen[count++] = begin + c;
            }
        }

        return count;
    }

    /// <summary>LocalGradient = S·Delta.</summary>
    public void FormLocalGradient(float* cost, int stride, int width)
    {
        new Span<float>(LocalGradient, width * Lanes).Clear();
        for (var c = 0; c < width; c++)
        {
            Chosen[c] = c;
        }

        RankUpdate.Add(LocalGradient, Lanes, 0, width, cost, stride, Chosen, width, Delta);
    }

    /// <summary>Gradient = H·(q − w) anew.</summary>
    public void FormGradient(float[] hessian) => FormProducts(hessian, Values, Weights);

    /// <summary>Gradient = H·w.</summary>
    public void FormProducts(float[] hessian)
    {
        NativeMemory.Clear(Targets, (nuint)Blocks.Columns * (nuint)Lanes * sizeof(float));
        FormProducts(hessian, Weights, Targets);
    }

    private void FormProducts(float[] hessian, float* left, float* right)
    {
        var columns = Blocks.Columns;
        NativeMemory.Clear(Gradient, (nuint)columns * (nuint)Lanes * sizeof(float));
        fixed (float* h = hessian)
        {
            for (var begin = 0; begin < columns; begin += Blocks.BlockColumns)
            {
                var width = Math.Min(Blocks.BlockColumns, columns - begin);
                var offset = (nint)begin * Lanes;
                Subtract(left + offset, right + offset, width);
                for (var c = 0; c < width; c++)
                {
                    Chosen[c] = begin + c;
                }

                RankUpdate.Add(Gradient, Lanes, 0, columns, h, columns, Chosen, width, Delta);
            }
        }
    }

    /// <summary>Sums each of the arrays of <see cref="Sums"/> over the rows of every block and puts the sum into all its lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void SumOverBlocks(int count)
    {
        var height = Blocks.BlockRows;
        if (height == 1)
        {
            return;
        }

        for (var i = 0; i < count; i++)
        {
            var sums = Sums + (nint)i * Lanes;
            for (var begin = 0; begin < Capacity; begin += height)
            {
                Total(sums + begin, height);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var memory in owned)
        {
            NativeMemory.AlignedFree((void*)memory);
        }

        owned.Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Total(float* values, int count)
    {
        if (count % RankUpdate.Lanes == 0)
        {
            var sum = Vector512.Load(values);
            for (var i = RankUpdate.Lanes; i < count; i += RankUpdate.Lanes)
            {
                sum += Vector512.Load(values + i);
            }

            var eight = sum.GetLower() + sum.GetUpper();
            var four = eight.GetLower() + eight.GetUpper();
            var total = Vector512.Create(four[0] + four[1] + (four[2] + four[3]));
            for (var i = 0; i < count; i += RankUpdate.Lanes)
            {
                total.Store(values + i);
            }

            return;
        }

        var exact = 0.0;
        for (var i = 0; i < count; i++)
        {
            exact += values[i];
        }

        new Span<float>(values, count).Fill((float)exact);
    }

    private float* Take(nuint floats)
    {
        var memory = NativeMemory.AlignedAlloc(Math.Max(floats, 1) * sizeof(float), VectorBytes);
        NativeMemory.Clear(memory, Math.Max(floats, 1) * sizeof(float));
        owned.Add((nint)memory);
        return (float*)memory;
    }
}
