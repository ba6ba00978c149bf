using Reparam.Runtime.Packed;

namespace Reparam.Runtime.Kernels;

/// <summary>y = act(x·Wᵀ + b) · gate + residual for a dense or packed W.</summary>
internal static unsafe class LinearKernel
{
    // Larger weights are read faster one behind the other than in turn; between smaller ones the hand-over to other threads counts.
    private const long MostGated = 128 << 10;

    /// <summary>The product and what follows it, in one pass over the outputs where the weight is packed; the same bits as the steps one by one.</summary>
    /// <param name="input">[…, in].</param>
    /// <param name="weight">[out, in], dense or packed.</param>
    /// <param name="bias">[out], or null.</param>
    /// <param name="activation">Applied to the product with its bias.</param>
    /// <param name="gate">[…, out], what the activated product is multiplied by; or null.</param>
    /// <param name="residual">[…, out], what is added last; or null.</param>
    /// <returns>[…, out].</returns>
    /// <exception cref="ArgumentException">The sizes or the types do not fit.</exception>
    public static Tensor Run(Tensor input, Tensor weight, Tensor? bias, Activation activation = Activation.None, Tensor? gate = null, Tensor? residual = null)
    {
        if (weight.Rank != 2 || input.Rank == 0 || input.Shape[^1] != weight.Shape[1])
        {
            throw new ArgumentException(
                $"linear: input {Layout.Describe(input.Shape)} does not fit weight {Layout.Describe(weight.Shape)}: the last dimension of the input must be the weight's second.");
        }

        if (bias is not null && (bias.Rank != 1 || bias.Shape[0] != weight.Shape[0]))
        {
            throw new ArgumentException($"linear: bias {Layout.Describe(bias.Shape)} does not fit weight {Layout.Describe(weight.Shape)}.");
        }

        RequireFloat(input, "input");
        RequireFloat(weight, "weight");
        var (rows, columns) = ((int)weight.Shape[0], (int)weight.Shape[1]);
        Span<long> shape = stackalloc long[input.Rank];
        input.Shape.CopyTo(shape);
        shape[^1] = rows;
        var result = Tensor.Allocate(DType.Float32, shape);
        var x = Pointwise.Flat<float>(input.AsContiguous());
        var y = Pointwise.Flat<float>(result);
        var batch = columns == 0 ? y.Length / Math.Max(rows, 1) : x.Length / columns;
        var epilogue = new Epilogue
        {
            Bias = bias is null ? default : Pointwise.Flat<float>(bias.AsContiguous()),
            Activation = activation,
            Gate = Operand(gate, "gate", result),
            Residual = Operand(residual, "residual", result),
        };
        if (weight is Parameter { Packed: { } packed })
        {
            packed[0].Multiply(x, y, batch, epilogue);
            return result;
        }

        fixed (float* left = x, right = weight.Storage.Floats, product = y)
        {
            Gemm.Multiply(
                batch, rows, columns, left, columns, 1, right + weight.Offset, (int)weight.Strides[1], (int)weight.Strides[0], product, rows);
        }

        ProductStore.Apply(y, batch, rows, epilogue);
        return result;
    }

    /// <summary>act(x·Gᵀ + b) · (x·Uᵀ + c): one piece of work for one input row where both weights are packed; the same bits as the steps one by one.</summary>
    /// <param name="input">[…, in].</param>
    /// <param name="gate">G and b.</param>
    /// <param name="up">U and c, of the same shape.</param>
    /// <param name="activation">Applied to the gate.</param>
    /// <returns>[…, out].</returns>
    /// <exception cref="ArgumentException">The sizes or the types do not fit.</exception>
    public static Tensor RunGated(Tensor input, Linear gate, Linear up, Activation activation)
    {
        if (gate.Weight.Packed is not { } gates || up.Weight.Packed is not { } ups || !gate.Weight.Shape.SequenceEqual(up.Weight.Shape)
            || input.Dtype != DType.Float32 || input.Rank == 0 || input.Shape[^1] != gate.InFeatures || input.Count != gate.InFeatures
            || gates[0].RunningBytes > MostGated)
        {
            return Run(input, gate.Weight, gate.Bias, activation, gate: up.Call(input));
        }

        Span<long> shape = stackalloc long[input.Rank];
        input.Shape.CopyTo(shape);
        shape[^1] = gate.OutFeatures;
        var result = Tensor.Allocate(DType.Float32, shape);
        var x = Pointwise.Flat<float>(input.AsContiguous());
        var epilogue = new Epilogue { Bias = Values(gate.Bias), Activation = activation };
        PackedMatrix.MultiplyGated(gates[0], ups[0], x, Pointwise.Flat<float>(result), 1, epilogue, Values(up.Bias));
        return result;

        static ReadOnlySpan<float> Values(Tensor? bias) => bias is null ? default : Pointwise.Flat<float>(bias.AsContiguous());
    }

    private static ReadOnlySpan<float> Operand(Tensor? operand, string name, Tensor result)
    {
        if (operand is null)
        {
            return default;
        }

        RequireFloat(operand, name);
        return operand.Shape.SequenceEqual(result.Shape)
            ? Pointwise.Flat<float>(operand.AsContiguous())
            : throw new ArgumentException($"linear: {name} {Layout.Describe(operand.Shape)} must have the shape of the result, {Layout.Describe(result.Shape)}.");
    }

    private static void RequireFloat(Tensor x, string name)
    {
        if (x.Dtype != DType.Float32)
        {
            throw new ArgumentException($"linear: {name} must be Float32, but is {x.Dtype}.");
        }
    }
}
