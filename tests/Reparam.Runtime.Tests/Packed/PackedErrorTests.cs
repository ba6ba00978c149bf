using Reparam.Runtime.LookUp;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.Tests.Packed;

/// <summary>The error bounds that docs/kernels.md states for matrices of many columns.</summary>
public class PackedErrorTests
{
    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Gaussian_inputs_keep_the_stated_bounds(KernelPath path, KernelPrecision precision)
    {
        foreach (var (columns, groupSize) in ((int, int)[])[(1024, 128), (4096, 128), (11008, 128), (4096, 32), (2048, 0), (1920, 96), (2048, 16)])
        {
            foreach (var bits in (int[])[1, 2, 3, 4])
            {
                AssertWithin(path, precision, columns, bits, groupSize, CodedMatrices.Gaussian(columns), Bound(precision));
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Heavy_tails_keep_the_stated_bounds(KernelPath path, KernelPrecision precision)
    {
        const int Columns = 4096;
        var gaussian = CodedMatrices.Gaussian(5 * Columns);
        var laplace = new float[Columns];
        var student = new float[Columns];
        var outliers = new float[Columns];
        for (var i = 0; i < Columns; i++)
        {
            var (a, b, c, d) = (gaussian[5 * i], gaussian[5 * i + 1], gaussian[5 * i + 2], gaussian[5 * i + 3]);
            laplace[i] = (a * b) + (c * d);
            student[i] = a / MathF.Sqrt(((b * b) + (c * c) + (d * d)) / 3);
            outliers[i] = i % 97 == 0 ? 50 * a : a;
        }

        var bound = precision == KernelPrecision.Exact ? Bound(precision) : 2 * Bound(precision);
        foreach (var x in (float[][])[laplace, student, outliers])
        {
            AssertWithin(path, precision, Columns, 3, 128, x, bound);
        }
    }

    private static double Bound(KernelPrecision precision) => precision switch
    {
        KernelPrecision.Exact => 1e-6,
        KernelPrecision.Fast => 1e-2,
        _ => 5e-5,
    };

    private static void AssertWithin(KernelPath path, KernelPrecision precision, int columns, int bits, int groupSize, float[] x, double bound)
    {
        var matrix = CodedMatrices.Random(48, columns, bits, groupSize);
        var (packed, oracle) = (PackedMatrix.Create(matrix, path, precision), new ProductOracle(matrix, x, 1));
        foreach (var batch in (int[])[1, BatchedForm.MinInputs])
        {
            var many = new float[batch * columns];
            x.CopyTo(many, 0);
            var y = new float[batch * matrix.Rows];
            packed.Multiply(many, y, batch);
            var error = oracle.RelativeError(y[..matrix.Rows]);
            Assert.True(error <= bound, $"error {error:e2} with {columns} columns, {bits} bits, groups of {groupSize}, {batch} input rows");
        }
    }
}
