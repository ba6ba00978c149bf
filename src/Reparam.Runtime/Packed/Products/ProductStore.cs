using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reparam.Runtime.Kernels;
using Reparam.Runtime.Kernels.Operations;

namespace Reparam.Runtime.Packed;

/// <summary>
/// The last step of a product: sums of some rows become outputs by an <see cref="Epilogue"/>. Every element takes the same path, wherever it lies.
/// </summary>
internal unsafe struct ProductStore
{
    /// <summary>Maximum number of rows of a store.</summary>
    public const int Lanes = PrepackedLayout.BlockRows;

    /// <summary>[input rows, rows].</summary>
    public float* Output;

    /// <summary>[rows], or null.</summary>
    public float* Bias;

    /// <summary>[input rows, rows], or null; may be <see cref="Output"/>.</summary>
    public float* Gate;

    /// <summary>[input rows, rows], or null; may be <see cref="Output"/>.</summary>
    public float* Residual;

    /// <summary>Applied to the product with its bias.</summary>
    public Activation Activation;

    /// <summary>Rows of the matrix.</summary>
    public int Rows;

    /// <summary>Applies an epilogue to finished products.</summary>
    /// <param name="y">[batch, rows].</param>
    /// <param name="batch">Input rows.</param>
    /// <param name="rows">Rows of the matrix.</param>
    /// <param name="epilogue">What follows the product.</param>
    /// <exception cref="ArgumentException">A length does not fit the shape.</exception>
    public static void Apply(Span<float> y, int batch, int rows, in Epilogue epilogue)
    {
        epilogue.Check(y, batch, rows);
        if (epilogue.IsNone)
        {
            return;
        }

        var sums = stackalloc float[Lanes];
        fixed (float* output = y, bias = epilogue.Bias, gate = epilogue.Gate, residual = epilogue.Residual)
        {
            var store = new ProductStore { Output = output, Bias = bias, Gate = gate, Residual = residual, Activation = epilogue.Activation, Rows = rows };
            var whole = rows / Lanes * Lanes;
            for (var input = 0; input < batch; input++)
            {
                // In place, but for the end, which is less than what is read at once.
                store.Store(output + ((nint)input * rows), new ProductFactor(false, 0), input, 0, whole);
                if (whole < rows)
                {
                    y.Slice((input * rows) + whole, rows - whole).CopyTo(new Span<float>(sums, Lanes));
                    store.Store(sums, new ProductFactor(false, 0), input, whole, rows - whole);
                }
            }
        }
    }

    /// <summary>The same from a later input row on.</summary>
    public readonly ProductStore From(int input)
    {
        var offset = (nint)input * Rows;
        var store = this;
        store.Output += offset;
        store.Gate += store.Gate == null ? 0 : offset;
        store.Residual += store.Residual == null ? 0 : offset;
        return store;
    }

    /// <summary>Stores some rows of one input row.</summary>
    /// <param name="sums">16 floats, of which the first <paramref name="count"/> matter.</param>
    /// <param name="factor">What they are multiplied by.</param>
    /// <param name="input">Input row.</param>
    /// <param name="row">First row of the matrix.</param>
    /// <param name="count">Rows, 1 to 16.</param>
    public readonly void Store(float* sums, ProductFactor factor, int input, int row, int count)
    {
        switch (Activation)
        {
            case Activation.None:
                Store<Unchanged>(sums, factor, input, row, count);
                break;
            case Activation.ReLU:
                Store<RectifiedLinear>(sums, factor, input, row, count);
                break;
            case Activation.SiLU:
                Store<SigmoidLinear>(sums, factor, input, row, count);
                break;
            case Activation.GELU:
                Store<GaussianErrorLinear>(sums, factor, input, row, count);
                break;
            default:
                Store<GaussianErrorLinearTanh>(sums, factor, input, row, count);
                break;
        }
    }

    /// <summary>Stores some rows of the first input rows.</summary>
    /// <param name="sums">[input rows]: whole vectors of 16 floats, of which the first <paramref name="count"/> floats matter.</param>
    /// <param name="stride">Floats from the sums of an input row to those of the next.</param>
    /// <param name="factors">What they are multiplied by: one for each input row.</param>
    /// <param name="row">First row of the matrix.</param>
    /// <param name="count">Rows, at least 1.</param>
    public readonly void Store(float* sums, nint stride, ReadOnlySpan<ProductFactor> factors, int row, int count)
    {
        switch (Activation)
        {
            case Activation.None:
                Store<Unchanged>(sums, stride, factors, row, count);
                break;
            case Activation.ReLU:
                Store<RectifiedLinear>(sums, stride, factors, row, count);
                break;
            case Activation.SiLU:
                Store<SigmoidLinear>(sums, stride, factors, row, count);
                break;
            case Activation.GELU:
                Store<GaussianErrorLinear>(sums, stride, factors, row, count);
                break;
            default:
                Store<GaussianErrorLinearTanh>(sums, stride, factors, row, count);
                break;
        }
    }

    /// <remarks>Not inlined: the locals of five activations together would be a frame that takes longer to clear than the store itself.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Store<TActivation>(float* sums, ProductFactor factor, int input, int row, int count)
        where TActivation : struct, IVectorFunction => StoreRow<TActivation>(sums, factor, ((nint)input * Rows) + row, row, count);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void Store<TActivation>(float* sums, nint stride, ReadOnlySpan<ProductFactor> factors, int row, int count)
        where TActivation : struct, IVectorFunction
    {
        nint offset = row;
        foreach (var factor in factors)
        {
            StoreRow<TActivation>(sums, factor, offset, row, count);
            sums += stride;
            offset += Rows;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void StoreRow<TActivation>(float* sums, ProductFactor factor, nint offset, int row, int count)
        where TActivation : struct, IVectorFunction
    {
        var i = 0;
        for (; Vector512.IsHardwareAccelerated && i + Vector512<float>.Count <= count; i += Vector512<float>.Count)
        {
            var value = Vector512.Load(sums + i) * factor.First * factor.Second;
            value = Bias == null ? value : value + Vector512.Load(Bias + row + i);
            value = TActivation.Evaluate(value);
            value = Gate == null ? value : value * Vector512.Load(Gate + offset + i);
            value = Residual == null ? value : value + Vector512.Load(Residual + offset + i);
            value.Store(Output + offset + i);
        }

        for (; i + Vector<float>.Count <= count; i += Vector<float>.Count)
        {
            var value = Vector.Load(sums + i) * factor.First * factor.Second;
            value = Bias == null ? value : value + Vector.Load(Bias + row + i);
            value = TActivation.Evaluate(value);
            value = Gate == null ? value : value * Vector.Load(Gate + offset + i);
            value = Residual == null ? value : value + Vector.Load(Residual + offset + i);
            value.Store(Output + offset + i);
        }

        if (i < count)
        {
            StoreRest<TActivation>(sums + i, factor, row + i, offset + i, count - i);
        }
    }

    /// <summary>The last rows of a matrix, less than a vector.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void StoreRest<TActivation>(float* sums, ProductFactor factor, int row, nint offset, int count)
        where TActivation : struct, IVectorFunction
    {
        var value = Vector.Load(sums) * factor.First * factor.Second;
        value = Bias == null ? value : value + Load(Bias + row, count);
        value = TActivation.Evaluate(value);
        value = Gate == null ? value : value * Load(Gate + offset, count);
        value = Residual == null ? value : value + Load(Residual + offset, count);
        for (var i = 0; i < count; i++)
        {
            Output[offset + i] = value[i];
        }
    }

    private static Vector<float> Load(float* values, int count)
    {
        var vector = Vector<float>.Zero;
        for (var i = 0; i < count; i++)
        {
            vector = vector.WithElement(i, values[i]);
        }

        return vector;
    }
}
