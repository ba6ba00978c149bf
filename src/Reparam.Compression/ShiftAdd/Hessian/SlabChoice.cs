using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Reparam.Compression.SecondOrder;

namespace Reparam.Compression.ShiftAdd.Hessian;

/// <summary>The best codes and scales of a slab so far, chosen block of rows by block of rows by measured error.</summary>
internal sealed unsafe class SlabChoice : IDisposable
{
    private const int Alignment = 64;

    private readonly Slab slab;
    private readonly double[] errors;
    private readonly double[] weightErrors;

    /// <summary>Makes room for a slab.</summary>
    public SlabChoice(Slab slab)
    {
        this.slab = slab;
        Codes = (int*)NativeMemory.AlignedAlloc((nuint)slab.Blocks.Columns * (nuint)slab.Lanes * sizeof(int), Alignment);
        Scales = (float*)NativeMemory.AlignedAlloc((nuint)slab.Blocks.Count * (nuint)slab.Bits * (nuint)slab.Lanes * sizeof(float), Alignment);
        errors = new double[slab.Lanes];
        weightErrors = new double[slab.Lanes];
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
        errors.AsSpan(slab.Rows).Clear();
    }

    /// <summary>Takes what the slab holds where it is better.</summary>
    /// <param name="rowErrors">[rows]: what each row costs now.</param>
    /// <param name="rowWeightErrors">[rows]: its squared weight error.</param>
    /// <returns>Whether any of it is.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Offer(ReadOnlySpan<double> rowErrors, ReadOnlySpan<double> rowWeightErrors)
    {
        nint lanes = slab.Lanes;
        Span<float> taken = new float[slab.Lanes];
        var any = false;
        for (var first = 0; first < slab.Rows; first += slab.Blocks.BlockRows)
        {
            var rows = Math.Min(slab.Blocks.BlockRows, slab.Rows - first);
            if (!(Sum(rowErrors.Slice(first, rows)) < Sum(errors.AsSpan(first, rows))))
            {
                continue;
            }

            any = true;
            taken.Slice(first, slab.Blocks.BlockRows).Fill(BitConverter.UInt32BitsToSingle(uint.MaxValue));
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
            for (var i = lane; i < slab.Blocks.Columns * lanes; i += lanes)
            {
                Vector512.ConditionalSelect(mask.AsInt32(), Vector512.Load(slab.Codes + i), Vector512.Load(Codes + i)).Store(Codes + i);
            }

            for (var i = lane; i < slab.Blocks.Count * slab.Bits * lanes; i += lanes)
            {
                Vector512.ConditionalSelect(mask, Vector512.Load(slab.Scales + i), Vector512.Load(Scales + i)).Store(Scales + i);
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
