using System.Numerics;
using Reparam.Runtime.Kernels.Operations;

namespace Reparam.Runtime.Kernels;

/// <summary>Runs an <see cref="IVectorBody"/> over a tensor.</summary>
internal static class VectorFunctions
{
    /// <summary>The function of each element, as a new tensor or over the input.</summary>
    /// <param name="x">Floating-point numbers.</param>
    /// <param name="body">The function.</param>
    /// <param name="inPlace">Whether the input is overwritten and given back.</param>
    /// <param name="operation">Name for messages.</param>
    /// <exception cref="InvalidOperationException">The elements are no floating-point numbers.</exception>
    public static Tensor Run<TBody>(Tensor x, TBody body, bool inPlace, string operation)
        where TBody : struct, IVectorBody
    {
        if (inPlace)
        {
            return x.Copy_(Run(x, body, inPlace: false, operation)).Alias();
        }

        if (!x.IsFloatingPoint())
        {
            throw new InvalidOperationException($"{operation} is not defined for {x.Dtype}.");
        }

        if (x.Dtype != DType.Float32)
        {
            return Run(x.ToType(DType.Float32), body, inPlace: false, operation).ToType(x.Dtype);
        }

        if (!Layout.IsDense(x.Shape, x.Strides))
        {
            x = x.Clone();
        }

        var result = Tensor.Allocate(DType.Float32, x.Shape, x.Strides);
        if (result.Count > 0)
        {
            Apply(Pointwise.Flat<float>(x), Pointwise.Flat<float>(result), body);
        }

        return result;
    }

    /// <summary>e^x − 1 for x ≤ 0, exact near zero too: 2t / (1 − t) with t = tanh(x/2).</summary>
    public static Vector<float> NonPositiveExponentialMinusOne(Vector<float> x)
    {
        var t = HyperbolicTangent.Evaluate(x * 0.5f);
        return (t + t) / (Vector<float>.One - t);
    }

    /// <summary>ln(1 + x) for x ≥ 0, exact near zero too.</summary>
    public static Vector<float> LogarithmOfOnePlus(Vector<float> x)
    {
        // What rounding took from 1 + x, the quotient gives back.
        var sum = Vector<float>.One + x;
        var small = Vector.Equals(sum, Vector<float>.One);
        var infinite = Vector.Equals(x, new Vector<float>(float.PositiveInfinity));
        var corrected = Vector.Log(sum) * (x / Vector.ConditionalSelect(small, Vector<float>.One, sum - Vector<float>.One));
        return Vector.ConditionalSelect(infinite, x, Vector.ConditionalSelect(small, x, corrected));
    }

    private static void Apply<TBody>(ReadOnlySpan<float> x, Span<float> result, TBody body)
        where TBody : struct, IVectorBody
    {
        var width = Vector<float>.Count;
        var i = 0;
        for (; i <= x.Length - width; i += width)
        {
            body.Evaluate(new Vector<float>(x[i..])).CopyTo(result[i..]);
        }

        if (i < x.Length)
        {
            Span<float> rest = stackalloc float[width];
            rest.Clear();
            x[i..].CopyTo(rest);
            body.Evaluate(new Vector<float>(rest)).CopyTo(rest);
            rest[..(x.Length - i)].CopyTo(result[i..]);
        }
    }
}
