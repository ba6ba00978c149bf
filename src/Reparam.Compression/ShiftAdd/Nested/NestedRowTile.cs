using System.Runtime.InteropServices;
using Reparam.Compression.SecondOrder;
using Reparam.Compression.Simd;

namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>A row tile: some rows of a matrix while they are coded under H, a row in each lane, columns in the order of coding.</summary>
internal sealed unsafe class NestedRowTile : IDisposable
{
    private readonly List<nint> owned = [];

    /// <summary>Allocates the arrays.</summary>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="groups">Groups of a row.</param>
    /// <param name="lanes">Rows, a multiple of 16.</param>
    public NestedRowTile(int columns, int groups, int lanes)
    {
        Columns = columns;
        Lanes = lanes;
        Weights = Take((nuint)columns);
        Targets = Take((nuint)columns);
        Levels = Take((nuint)columns);
        Values = Take((nuint)columns);
        Gradient = Take((nuint)columns);
        Delta = Take(GroupTile.Size);
        Units = Take((nuint)groups);
        Inverses = Take((nuint)groups);
        Profiles = Take((nuint)groups);
        Chosen = (int*)Take(GroupTile.Size);
    }

    /// <summary>Columns of the matrix.</summary>
    public int Columns { get; }

    /// <summary>Rows, a multiple of 16; those past the last row of the matrix are zeros.</summary>
    public int Lanes { get; }

    /// <summary>w, [columns, lanes], normalized.</summary>
    public float* Weights { get; }

    /// <summary>w less what the errors of earlier groups put on it.</summary>
    public float* Targets { get; }

    /// <summary>Whole numbers of the table that stand for w.</summary>
    public float* Levels { get; }

    /// <summary>q: levels times units.</summary>
    public float* Values { get; }

    /// <summary>H·(q − w).</summary>
    public float* Gradient { get; }

    /// <summary>[16, lanes].</summary>
    public float* Delta { get; }

    /// <summary>Super-scale times step of each group, [groups, lanes].</summary>
    public float* Units { get; }

    /// <summary>1 / unit, 0 where that is 0.</summary>
    public float* Inverses { get; }

    /// <summary>Profile of each group, as a float.</summary>
    public float* Profiles { get; }

    /// <summary>[16].</summary>
    public int* Chosen { get; }

    /// <summary>Gradient = H·x for x = q − w, or x = w alone.</summary>
    public void FormGradient(float* hessian, bool ofWeights = false)
    {
        NativeMemory.Clear(Gradient, (nuint)Columns * (nuint)Lanes * sizeof(float));
        for (var begin = 0; begin < Columns; begin += GroupTile.Size)
        {
            var width = Math.Min(GroupTile.Size, Columns - begin);
            for (var k = 0; k < width; k++)
            {
                Chosen[k] = begin + k;
                for (var lane = 0; lane < Lanes; lane++)
                {
                    var place = (begin + k) * Lanes + lane;
                    Delta[k * Lanes + lane] = ofWeights ? Weights[place] : Values[place] - Weights[place];
                }
            }

            RankUpdate.Add(Gradient, Lanes, 0, Columns, hessian, Columns, Chosen, width, Delta);
        }
    }

    /// <summary>Σ xᵀ·H·x over the rows for the x of which the gradient was formed.</summary>
    public double Product(bool ofWeights = false)
    {
        var sum = 0.0;
        for (var place = 0; place < Columns * Lanes; place++)
        {
            sum += (ofWeights ? Weights[place] : (double)Values[place] - Weights[place]) * Gradient[place];
        }

        return sum;
    }

    /// <summary>‖w − q‖² over the rows.</summary>
    public double SquaredDistance()
    {
        var sum = 0.0;
        for (var place = 0; place < Columns * Lanes; place++)
        {
            var distance = (double)Values[place] - Weights[place];
            sum += distance * distance;
        }

        return sum;
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

    private float* Take(nuint vectors)
    {
        var bytes = vectors * (nuint)Lanes * sizeof(float);
        var memory = NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(memory, bytes);
        owned.Add((nint)memory);
        return (float*)memory;
    }
}
