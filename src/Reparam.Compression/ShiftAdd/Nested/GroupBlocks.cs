using System.Runtime.InteropServices;
using Reparam.Compression.Numerics;
using Reparam.Compression.Simd;

namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>
/// Blocks of groups, laid out so that a lane holds a group, with the super-scale of each block and the profile of each group. The groups of a block follow each
/// other; where its last tile has lanes left, the next block goes on.
/// </summary>
/// <typeparam name="T">The vector.</typeparam>
internal sealed unsafe class GroupBlocks<T> : IDisposable
    where T : unmanaged, ILanes<T>
{
    private const int Size = GroupTile.Size;

    private readonly T* values;
    private readonly T* importances;
    private readonly T* inverses;
    private readonly T* errors;
    private readonly T* trial;
    private readonly T* indices;
    private readonly int[] firstGroup;
    private readonly float[] roots;
    private readonly float[] scales;
    private readonly float[] trialScales;
    private readonly double[] blockErrors;
    private readonly double[] energies;

    /// <summary>Allocates the arrays.</summary>
    public GroupBlocks(int blocks, int groups)
    {
        var tiles = (nuint)((groups + T.Count - 1) / T.Count);
        var tile = (nuint)sizeof(T) * Size;
        var bytes = tiles * (2 * tile + 4 * (nuint)sizeof(T));
        values = (T*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(values, bytes);
        importances = values + tiles * Size;
        inverses = importances + tiles * Size;
        errors = inverses + tiles;
        trial = errors + tiles;
        indices = trial + tiles;
        firstGroup = new int[blocks + 1];
        roots = new float[blocks];
        scales = new float[blocks];
        trialScales = new float[blocks];
        blockErrors = new double[blocks];
        energies = new double[blocks];
    }

    /// <summary>Number of blocks.</summary>
    public int Blocks { get; private set; }

    /// <summary>Number of groups.</summary>
    public int Groups => firstGroup[Blocks];

    /// <summary>Number of tiles.</summary>
    public int Tiles => (Groups + T.Count - 1) / T.Count;

    /// <summary>Super-scales of the blocks, rounded to half precision.</summary>
    public ReadOnlySpan<float> Scales => scales.AsSpan(0, Blocks);

    /// <summary>Σ importance·weight² of the blocks.</summary>
    public ReadOnlySpan<double> Energies => energies.AsSpan(0, Blocks);

    /// <summary>[16] weights of a tile.</summary>
    public T* Values(int tile) => values + tile * Size;

    /// <summary>[16] importances of a tile.</summary>
    public T* Importances(int tile) => importances + tile * Size;

    /// <summary>Profile of each lane of a tile, as a float.</summary>
    public ref T Indices(int tile) => ref indices[tile];

    /// <summary>Profile of a group.</summary>
    public int Index(int group) => (int)((float*)indices)[group];

    /// <summary>First group of a block; for the number of blocks the end.</summary>
    public int FirstGroup(int block) => firstGroup[block];

    /// <summary>A weight of a group.</summary>
    public float Value(int group, int column) => ((float*)values)[(group / T.Count * Size + column) * T.Count + group % T.Count];

    /// <summary>What its squared error counts.</summary>
    public float Importance(int group, int column) => ((float*)importances)[(group / T.Count * Size + column) * T.Count + group % T.Count];

    /// <summary>Forgets all blocks.</summary>
    public void Clear() => Blocks = 0;

    /// <summary>Takes a block; its super-scale is its root mean square.</summary>
    /// <param name="weights">The whole matrix.</param>
    /// <param name="shape">Its cut.</param>
    /// <param name="block">Row-major number of the block.</param>
    /// <param name="normalization">Range of the matrix.</param>
    /// <param name="columnImportances">[columns], or empty for 1.</param>
    public void Add(ReadOnlySpan<float> weights, NestedShape shape, int block, Normalization normalization, ReadOnlySpan<float> columnImportances)
    {
        var group = Groups;
        var count = 0;
        double squares = 0, energy = 0;
        foreach (var (row, column) in shape.GroupsOf(block))
        {
            var place = (group / T.Count * Size * T.Count) + group % T.Count;
            var length = Math.Min(Size, shape.Columns - column);
            var source = weights.Slice(row * shape.Columns + column, length);
            for (var k = 0; k < Size; k++, place += T.Count)
            {
                var value = k < length ? normalization.Apply(source[k]) : 0;
                var importance = k >= length ? 0 : columnImportances.IsEmpty ? 1 : columnImportances[column + k];
                ((float*)values)[place] = value;
                ((float*)importances)[place] = importance;
                var square = (double)value * value;
                squares += square;
                energy += square * importance;
            }

            group++;
            count += length;
        }

        energies[Blocks] = energy;
        roots[Blocks] = (float)Math.Sqrt(squares / count);
        scales[Blocks] = (float)(Half)roots[Blocks];
        firstGroup[++Blocks] = group;

        // The lanes that no group has taken hold no earlier block's weights.
        for (; group % T.Count != 0; group++)
        {
            var place = (group / T.Count * Size * T.Count) + group % T.Count;
            for (var k = 0; k < Size; k++, place += T.Count)
            {
                ((float*)values)[place] = 0;
                ((float*)importances)[place] = 0;
            }
        }
    }

    /// <summary>Writes 1 / (super-scale · step) for each group, 0 where the super-scale is 0.</summary>
    public void Invert(float step, T* destination) => Invert(scales, step, destination);

    /// <summary>Chooses the super-scale of each block and the profile of each group.</summary>
    /// <param name="table">[profiles, bits + 1] in units of <paramref name="step"/>.</param>
    /// <param name="profiles">Number of profiles.</param>
    /// <param name="step">Value of one unit, relative to the super-scale.</param>
    /// <param name="largest">Largest super-scale whose weights are all floats.</param>
    /// <param name="trials">Factors to try, see <see cref="NestedEffort"/>.</param>
    public void Fit<TPlanes>(float* table, int profiles, float step, double largest, float[][] trials)
        where TPlanes : struct, IPlanes
    {
        var best = new float[Blocks];
        roots.AsSpan(0, Blocks).CopyTo(best);
        blockErrors.AsSpan(0, Blocks).Fill(double.PositiveInfinity);
        foreach (var factors in trials)
        {
            var centres = best.AsSpan().ToArray();
            foreach (var factor in factors)
            {
                for (var b = 0; b < Blocks; b++)
                {
                    trialScales[b] = Storable(centres[b] * factor, largest);
                }

                Try<TPlanes>(table, profiles, step);
                for (var b = 0; b < Blocks; b++)
                {
                    best[b] = Keep(b, step) ? centres[b] * factor : best[b];
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.AlignedFree(values);

    /// <summary>The nearest number of half precision, or the largest below the limit.</summary>
    public static float Storable(float scale, double largest)
    {
        var half = (Half)Math.Min(scale, (float)Half.MaxValue);
        while ((double)half > largest)
        {
            half = (double)half > 2 * largest ? (Half)(float)largest : Half.BitDecrement(half);
        }

        return (float)half;
    }

    private void Invert(float[] blockScales, float step, T* destination)
    {
        var lanes = (float*)destination;
        for (var b = 0; b < Blocks; b++)
        {
            var inverse = blockScales[b] > 0 ? 1 / (blockScales[b] * step) : 0;
            for (var g = firstGroup[b]; g < firstGroup[b + 1]; g++)
            {
                lanes[g] = inverse;
            }
        }

        for (var g = Groups; g < Tiles * T.Count; g++)
        {
            lanes[g] = 0;
        }
    }

    private void Try<TPlanes>(float* table, int profiles, float step)
        where TPlanes : struct, IPlanes
    {
        Invert(trialScales, step, inverses);
        var scaled = stackalloc T[Size];
        for (var tile = 0; tile < Tiles; tile++)
        {
            var source = Values(tile);
            var inverse = inverses[tile];
            for (var k = 0; k < Size; k++)
            {
                scaled[k] = source[k] * inverse;
            }

            errors[tile] = ProfileSearch<T, TPlanes>.Nearest(scaled, Importances(tile), table, profiles, out trial[tile]);
        }
    }

    // Takes the trial for a block if it is better.
    private bool Keep(int block, float step)
    {
        var error = 0.0;
        for (var g = firstGroup[block]; g < firstGroup[block + 1]; g++)
        {
            error += ((float*)errors)[g];
        }

        var unit = (double)(trialScales[block] * step);
        error = unit > 0 ? error * unit * unit : energies[block];
        if (!(error < blockErrors[block]))
        {
            return false;
        }

        blockErrors[block] = error;
        scales[block] = trialScales[block];
        for (var g = firstGroup[block]; g < firstGroup[block + 1]; g++)
        {
            ((float*)indices)[g] = ((float*)trial)[g];
        }

        return true;
    }
}
