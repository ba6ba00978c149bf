using Reparam.Runtime.Packed;

namespace Reparam.Runtime.Kernels;

/// <summary>y = act(x·Wᵀ + b) · gate + residual for a dense or packed W.</summary>
internal static unsafe class LinearKernel
{
    // Larger weights are read faster one behind the other than interleaved; between smaller ones the hand-over to other threads counts.
    private const long MaxGated = 128 << 10;

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
                $"linear: input {Layout.Describe(input.Shape)} does not fit weight {Layout.Describe(weight.Shape)}: the last dimension of the input must be "
                    + "the weight's second.");
        }

        if (bias is not null && (bias.Rank != 1 || bias.Shape[0] != weight.Shape[0]))
        {
            throw new ArgumentException($"linear: bias {Layout.Describe(bias.Shape)} does not fit weight {Layout.Describe(weight.Shape)}.");
        }

        if (input.Dtype != DType.Float32 && ElementTypes.IsFloat(input.Dtype))
        {
            // Other types run in single precision and are rounded once.
            return Run(Single(input)!, weight, bias, activation, Single(gate), Single(residual)).As(input.Dtype);
        }

        (weight, bias) = (Single(weight)!, Single(bias));
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

    /// <summary>
    /// The products of three layers of the same input: one piece of work for one input row where all weights are packed; the same bits as the products one
    /// by one.
    /// </summary>
    /// <param name="input">[…, in].</param>
    /// <param name="first">A layer.</param>
    /// <param name="second">Another one.</param>
    /// <param name="third">And another one.</param>
    /// <returns>[…, out] of each.</returns>
    /// <exception cref="ArgumentException">The sizes or the types do not fit.</exception>
    public static (Tensor First, Tensor Second, Tensor Third) RunAll(Tensor input, Linear first, Linear second, Linear third)
    {
        if (OfOneRow(input, first) is not { } one || OfOneRow(input, second) is not { } two || OfOneRow(input, third) is not { } three)
        {
            return (first.Forward(input), second.Forward(input), third.Forward(input));
        }

        // The parts of one stretch of memory, of which the first tensor is the beginning.
        Span<long> shape = stackalloc long[input.Rank];
        input.Shape.CopyTo(shape);
        shape[^1] = one.Rows;
        var result = Tensor.Allocate(DType.Float32, shape, capacity: one.Rows + two.Rows + three.Rows);
        var parts = (result, Part(result, one.Rows, two.Rows), Part(result, one.Rows + two.Rows, three.Rows));
        var y = result.Storage.Floats.AsSpan(0, one.Rows + two.Rows + three.Rows);
        var hasBias = (first.Bias ?? second.Bias ?? third.Bias) is not null;
        if (hasBias)
        {
            SetBias(first, y[..one.Rows]);
            SetBias(second, y.Slice(one.Rows, two.Rows));
            SetBias(third, y[^three.Rows..]);
        }

        PackedMatrix.MultiplyAll([one, two, three], Pointwise.Flat<float>(input.AsContiguous()), y, 1, new Epilogue { Residual = hasBias ? y : default });
        return parts;
    }

    /// <summary>The products of two layers of the same input; as for three.</summary>
    /// <param name="input">[…, in].</param>
    /// <param name="first">A layer.</param>
    /// <param name="second">Another one.</param>
    /// <returns>[…, out] of each.</returns>
    /// <exception cref="ArgumentException">The sizes or the types do not fit.</exception>
    public static (Tensor First, Tensor Second) RunAll(Tensor input, Linear first, Linear second)
    {
        if (OfOneRow(input, first) is not { } one || OfOneRow(input, second) is not { } two)
        {
            return (first.Forward(input), second.Forward(input));
        }

        Span<long> shape = stackalloc long[input.Rank];
        input.Shape.CopyTo(shape);
        shape[^1] = one.Rows;
        var result = Tensor.Allocate(DType.Float32, shape, capacity: one.Rows + two.Rows);
        var y = result.Storage.Floats.AsSpan(0, one.Rows + two.Rows);
        var hasBias = (first.Bias ?? second.Bias) is not null;
        if (hasBias)
        {
            SetBias(first, y[..one.Rows]);
            SetBias(second, y[^two.Rows..]);
        }

        PackedMatrix.MultiplyAll([one, two], Pointwise.Flat<float>(input.AsContiguous()), y, 1, new Epilogue { Residual = hasBias ? y : default });
        return (result, Part(result, one.Rows, two.Rows));
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
        if (OfOneRow(input, gate) is not { } gates || OfOneRow(input, up) is not { } ups || gates.Rows != ups.Rows || gates.PrepackedBytes > MaxGated)
        {
            return Run(input, gate.Weight, gate.Bias, activation, gate: up.Forward(input));
        }

        Span<long> shape = stackalloc long[input.Rank];
        input.Shape.CopyTo(shape);
        shape[^1] = gates.Rows;
        var result = Tensor.Allocate(DType.Float32, shape);
        var x = Pointwise.Flat<float>(input.AsContiguous());
        PackedMatrix.MultiplyGated(
            gates, ups, x, Pointwise.Flat<float>(result), 1, new Epilogue { Bias = Values(gate.Bias), Activation = activation }, Values(up.Bias));
        return result;
    }

    // The packed weight of a layer, if the input is one row that fits it.
    private static PackedMatrix? OfOneRow(Tensor input, Linear layer) =>
        layer.Weight.Packed is { } packed && input.Dtype == DType.Float32 && input.Rank > 0 && input.Shape[^1] == packed[0].Columns
            && input.Count == packed[0].Columns
            ? packed[0]
            : null;

    private static ReadOnlySpan<float> Values(Tensor? bias) => bias is null ? default : Pointwise.Flat<float>(bias.AsContiguous());

    // [1, columns], the part of a row that begins at an element.
    private static Tensor Part(Tensor row, int first, int columns)
    {
        Span<long> shape = stackalloc long[row.Rank];
        Span<long> strides = stackalloc long[row.Rank];
        row.Shape.CopyTo(shape);
        shape[^1] = columns;
        Layout.ContiguousStrides(shape, strides);
        return row.ViewAs(shape, strides, first);
    }

    // Adding −0 changes no bit.
    private static void SetBias(Linear layer, Span<float> y)
    {
        if (layer.Bias is { } bias)
        {
            Pointwise.Flat<float>(bias.AsContiguous()).CopyTo(y);
        }
        else
        {
            y.Fill(-0f);
        }
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
            : throw new ArgumentException(
                $"linear: {name} {Layout.Describe(operand.Shape)} must have the shape of the result, {Layout.Describe(result.Shape)}.");
    }

    private static Tensor? Single(Tensor? x) => x is not null && x.Dtype != DType.Float32 && ElementTypes.IsFloat(x.Dtype) ? x.As(DType.Float32) : x;

    private static void RequireFloat(Tensor x, string name)
    {
        if (x.Dtype != DType.Float32)
        {
            throw new ArgumentException($"linear: {name} must be Float32, but is {x.Dtype}.");
        }
    }
}
