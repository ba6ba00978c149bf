using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>
/// Kernels of the format uniform: products of integers. Inputs are rounded to the grid that the model gives them, in every precision, or to grids of their own:
/// of 16 bits in <see cref="KernelPrecision.Default"/> and, where that is faster, of 8 bits in <see cref="KernelPrecision.Fast"/>. In
/// <see cref="KernelPrecision.Exact"/> inputs without a grid stay as they are and weights are decoded.
/// </summary>
internal sealed class UniformKernels : FormatKernels
{
    public override bool Takes(CodedMatrix matrix) => matrix is UniformMatrix;

    public override void RequireFinite(CodedMatrix matrix)
    {
        var uniform = (UniformMatrix)matrix;
        for (var row = 0; row < uniform.Rows; row++)
        {
            for (var group = 0; group < uniform.Groups; group++)
            {
                if (uniform.Scale(row, group) is var scale && !float.IsFinite(scale))
                {
                    throw new ArgumentException($"the scale of row {row}, group {group} is {scale}; a scale must be finite", nameof(matrix));
                }
            }
        }
    }

    /// <summary>An input owes half a step, times its weight. Segments lie within groups, so a step is at most a group's largest input over the steps.</summary>
    public override void AddParts(CodedMatrix matrix, int row, ref ProductParts parts)
    {
        var uniform = (UniformMatrix)matrix;
        var weights = new float[uniform.Columns];
        uniform.DecodeRow(row, weights);
        for (var begin = 0; begin < weights.Length; begin += uniform.GroupColumns)
        {
            var largest = 0.0;
            var count = Math.Min(uniform.GroupColumns, weights.Length - begin);
            foreach (var weight in weights.AsSpan(begin, count))
            {
                largest = Math.Max(largest, Math.Abs((double)weight));
            }

            parts.AddTables(count, largest);
        }
    }

    public override PackedMatrix? LookUp(CodedMatrix matrix, in PackedRequest request)
    {
        var uniform = (UniformMatrix)matrix;
        if (uniform.Inputs is { } inputs && IntegerPlan.Fits(uniform, inputs))
        {
            return Create(uniform, request, new IntegerPlan(uniform, request.Path, request.Precision, inputs));
        }

        // Inputs with a grid for each channel are multiplied as numbers; 16 bits hold them as well as the precision says.
        return request.Precision != KernelPrecision.Exact && IntegerPlan.Fits(uniform, null)
            ? Create(uniform, request, new IntegerPlan(uniform, request.Path, uniform.Inputs is null ? request.Precision : KernelPrecision.Default, null))
            : null;
    }

    public override PackedMatrix RoundInputs(CodedMatrix matrix, PackedMatrix product) =>
        ((UniformMatrix)matrix).Inputs is { } inputs && product is not IntegerMatrix { HasInputGrid: true }
            ? new InputGridMatrix(matrix, product, inputs)
            : product;

    private static IntegerMatrix Create(UniformMatrix matrix, in PackedRequest request, IntegerPlan plan) =>
        new(matrix, request.FirstRow, request.Rows, request.Path, plan);
}
