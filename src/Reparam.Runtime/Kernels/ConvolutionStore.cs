using System.Numerics;
using System.Runtime.CompilerServices;
using Reparam.Runtime.Kernels.Operations;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.Kernels;

/// <summary>
/// The last step of a convolution: sums become outputs, y = act(scale · sum + shift + residual). Every element takes the same path, wherever it lies.
/// </summary>
internal unsafe struct ConvolutionStore
{
    /// <summary>[images, outputs, positions].</summary>
    public float* Output;

    /// <summary>[outputs], or null for 1.</summary>
    public float* Scale;

    /// <summary>[outputs], or null for 0.</summary>
    public float* Shift;

    /// <summary>[images, outputs, positions], or null; no part of it is one of <see cref="Output"/>.</summary>
    public float* Residual;

    /// <summary>Applied last.</summary>
    public Activation Activation;

    /// <summary>Outputs of an image.</summary>
    public int Outputs;

    /// <summary>Positions of an output.</summary>
    public int Positions;

    /// <summary>Whether sums are outputs already.</summary>
    public readonly bool IsNone => Scale == null && Shift == null && Residual == null && Activation == Activation.None;

    /// <summary>Applies what is left to do to the sums of an image that lie where its outputs belong.</summary>
    /// <param name="image">The image.</param>
    public readonly void Finish(int image)
    {
        for (var output = 0; output < Outputs && !IsNone; output++)
        {
            var place = (((nint)image * Outputs) + output) * Positions;
            Store<Lanes128>(Output + place, output, place, Positions);
            Activate(place, Positions);
        }
    }

    /// <summary>Stores a tile.</summary>
    /// <param name="store">Where to, and what becomes of the sums.</param>
    /// <param name="sums">[outputs, <see cref="ConvolutionTile.Vectors"/>, lanes].</param>
    /// <param name="places">Where they belong.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void StoreTile<T>(in ConvolutionStore store, float* sums, in TilePlaces places)
        where T : unmanaged, ILanes<T>
    {
        for (var o = 0; o < places.Outputs; o++, sums += ConvolutionTile.Vectors * T.Count)
        {
            var row = places.Place + ((nint)o * store.Positions);
            for (var i = 0; i < places.Vectors; i++)
            {
                store.Store<T>(sums + (i * T.Count), places.Output + o, row + places.Targets[i], places.Counts[i]);
                if (store.IsLater)
                {
                    store.Activate(row + places.Targets[i], places.Counts[i]);
                }
            }
        }
    }

    /// <summary>Stores a vector of sums; no more than there are positions. The activation is left to do where it takes more than an instruction.</summary>
    /// <param name="sums">The sums.</param>
    /// <param name="output">The output.</param>
    /// <param name="place">Where its first position lies.</param>
    /// <param name="position">The position of the first sum.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void StoreVector<T>(float* sums, int output, nint place, int position)
        where T : unmanaged, ILanes<T> => Store<T>(sums, output, place + position, Math.Min(T.Count, Positions - position));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly T Factor<T>(int output)
        where T : unmanaged, ILanes<T> => T.Create(Scale == null ? 1 : Scale[output]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly T Term<T>(int output)
        where T : unmanaged, ILanes<T> => T.Create(Shift == null ? 0 : Shift[output]);

    /// <summary>Stores neighbouring positions of an output.</summary>
    /// <param name="sums">The sums.</param>
    /// <param name="output">The output.</param>
    /// <param name="place">Where its first position belongs.</param>
    /// <param name="count">Positions.</param>
    public readonly void Store(float* sums, int output, nint place, int count)
    {
        Store<Lanes256>(sums, output, place, count);
        if (IsLater)
        {
            Activate(place, count);
        }
    }

    /// <summary>Whether the activation takes more than an instruction: then it runs over what is stored.</summary>
    public readonly bool IsLater => Activation is not (Activation.None or Activation.ReLU);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Store<T>(float* sums, int output, nint place, int count)
        where T : unmanaged, ILanes<T>
    {
        var (scale, shift) = (Factor<T>(output), Term<T>(output));
        var target = Output + place;
        var residual = Residual == null ? null : Residual + place;
        var i = 0;
        for (; i + T.Count <= count; i += T.Count)
        {
            Value(T.Load(sums + i), scale, shift, residual == null ? T.Zero : T.Load(residual + i)).Store(target + i);
        }

        if (i < count)
        {
            StoreRest(sums + i, scale, shift, residual == null ? null : residual + i, target + i, count - i);
        }
    }

    // One operation or two for scale and shift by the processor, the same for all elements. Without them nothing changes but the sign of a zero.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly T Value<T>(T sums, T scale, T shift, T residual)
        where T : unmanaged, ILanes<T>
    {
        var value = T.MultiplyAdd(sums, scale, shift);
        value = Residual == null ? value : value + residual;
        return Activation == Activation.ReLU ? T.Rectify(value) : value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private readonly void StoreRest<T>(float* sums, T scale, T shift, float* residual, float* target, int count)
        where T : unmanaged, ILanes<T>
    {
        Span<float> part = stackalloc float[T.Count];
        Span<float> added = stackalloc float[T.Count];
        part.Clear();
        added.Clear();
        new ReadOnlySpan<float>(sums, count).CopyTo(part);
        if (residual != null)
        {
            new ReadOnlySpan<float>(residual, count).CopyTo(added);
        }

        fixed (float* values = part, others = added)
        {
            Value(T.Load(values), scale, shift, T.Load(others)).Store(values);
        }

        part[..count].CopyTo(new Span<float>(target, count));
    }

    /// <summary>Applies the activation to what is stored.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public readonly void Activate(nint place, int count)
    {
        var values = new Span<float>(Output + place, count);
        switch (Activation)
        {
            case Activation.None or Activation.ReLU:
                break;
            case Activation.SiLU:
                Activate<SigmoidLinear>(values);
                break;
            case Activation.GELU:
                Activate<GaussianErrorLinear>(values);
                break;
            default:
                Activate<GaussianErrorLinearTanh>(values);
                break;
        }
    }

    private static void Activate<TActivation>(Span<float> values)
        where TActivation : struct, IVectorFunction
    {
        var i = 0;
        for (; i + Vector<float>.Count <= values.Length; i += Vector<float>.Count)
        {
            TActivation.Evaluate(new Vector<float>(values[i..])).CopyTo(values[i..]);
        }

        if (i < values.Length)
        {
            Span<float> rest = stackalloc float[Vector<float>.Count];
            rest.Clear();
            values[i..].CopyTo(rest);
            TActivation.Evaluate(new Vector<float>(rest)).CopyTo(rest);
            rest[..(values.Length - i)].CopyTo(values[i..]);
        }
    }
}
