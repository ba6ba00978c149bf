using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Reparam.Compression.SecondOrder;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>The best codes and scales of a row tile so far; each block of rows is chosen by its measured error.</summary>
internal sealed unsafe class RowTileChoice : IDisposable
{
    private const int Alignment = 64;

    private readonly RowTile tile;
    private readonly double[] errors;
    private readonly double[] weightErrors;

    /// <summary>Allocates the arrays for a row tile.</summary>
    public RowTileChoice(RowTile tile)
    {
        this.tile = tile;
        Codes = (int*)NativeMemory.AlignedAlloc((nuint)tile.Blocks.Columns * (nuint)tile.Lanes * sizeof(int), Alignment);
        Scales = (float*)NativeMemory.AlignedAlloc((nuint)tile.Blocks.Count * (nuint)tile.Bits * (nuint)tile.Lanes * sizeof(float), Alignment);
        errors = new double[tile.Lanes];
        weightErrors = new double[tile.Lanes];
    }

    /// <summary>[columns, lanes].</summary>
    public int* Codes { get; }

    /// <summary>[block columns, bits, lanes].</summary>
    public float* Scales { get; }

    /// <summary>Σ of the chosen errors.</summary>
    public double Error => errors.Sum();

    /// <summary>Σ of (q − w)² of what was chosen.</summary>
    public double WeightError => weightErrors.Sum();

    /// <summary>Forgets what was chosen.</summary>
    public void Clear()
    {
        errors.AsSpan().Fill(double.PositiveInfinity);
        weightErrors.AsSpan().Clear();
        errors.AsSpan(tile.Rows).Clear();
    }

    /// <summary>Takes over what the row tile holds where that is better.</summary>
    /// <param name="rowErrors">[rows]: what each row costs now.</param>
    /// <param name="rowWeightErrors">[rows]: its squared weight error.</param>
    /// <returns>Whether any of it is.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Offer(ReadOnlySpan<double> rowErrors, ReadOnlySpan<double> rowWeightErrors)
    {
        nint lanes = tile.Lanes;
        Span<float> taken = new float[tile.Lanes];
        var any = false;
        for (var first = 0; first < tile.Rows; first += tile.Blocks.BlockRows)
        {
            var rows = Math.Min(tile.Blocks.BlockRows, tile.Rows - first);
            if (!(Sum(rowErrors.Slice(first, rows)) < Sum(errors.AsSpan(first, rows))))
            {
                continue;
            }

            any = true;
            taken.Slice(first, tile.Blocks.BlockRows).Fill(BitConverter.UInt32BitsToSingle(uint.MaxValue));
            rowErrors.Slice(first, rows).CopyTo(errors.AsSpan(first));
            rowWeightErrors.Slice(first, rows).CopyTo(weightErrors.AsSpan(first));
        }

        if (!any)
        {
            return false;
        }

        for (nint lane = 0; lane < lanes; lane += RankUpdate.Lanes)
        {
            var mask = Vector512.Create<float>(taken[(int)lane..]);
            for (var i = lane; i < tile.Blocks.Columns * lanes; i += lanes)
            {
                Vector512.ConditionalSelect(mask.AsInt32(), Vector512.Load(tile.Codes + i), Vector512.Load(Codes + i)).Store(Codes + i);
            }

            for (var i = lane; i < tile.Blocks.Count * tile.Bits * lanes; i += lanes)
            {
                Vector512.ConditionalSelect(mask, Vector512.Load(tile.Scales + i), Vector512.Load(Scales + i)).Store(Scales + i);
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(Codes);
        NativeMemory.AlignedFree(Scales);
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
