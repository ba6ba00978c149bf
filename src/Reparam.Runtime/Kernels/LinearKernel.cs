using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels;

/// <summary>y = x·Wᵀ + b for a dense or packed W.</summary>
internal static unsafe class LinearKernel
{
    public static Tensor Run(Tensor input, Tensor weight, Tensor? bias)
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
        var b = bias is null ? default : Pointwise.Flat<float>(bias.AsContiguous());
        if (weight is Parameter { Packed: { } packed })
        {
            packed[0].Multiply(x, y, batch, b);
            return result;
        }

        fixed (float* left = x, right = weight.Storage.Floats, product = y)
        {
            Gemm.Multiply(
                batch, rows, columns, left, columns, 1, right + weight.Offset, (int)weight.Strides[1], (int)weight.Strides[0], product, rows);
        }

        for (var i = 0; i < batch && bias is not null; i++)
        {
            var row = y.Slice(i * rows, rows);
            TensorPrimitives.Add(row, b, row);
        }

        return result;
    }

    private static void RequireFloat(Tensor x, string name)
    {
        if (x.Dtype != DType.Float32)
        {
            throw new ArgumentException($"linear: {name} must be Float32, but is {x.Dtype}.");
        }
    }
}
