using System.Numerics;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.Tests.Packed.Foreign;

/// <summary>The list of backends, and one that was not written here.</summary>
public class BackendTests
{
    [Fact]
    public void Ours_are_in_order_of_preference()
    {
        Assert.Equal(["tables", "tiles", "reference"], PackedBackends.All.Select(backend => backend.Name).Where(name => name is "tables" or "tiles" or "reference"));
    }

    [Fact]
    public void A_graphics_processor_needs_a_backend()
    {
        var exception = Assert.Throws<PlatformNotSupportedException>(() => PackedMatrix.Create(CodedMatrices.Random(20, 40, 2, 8), place: ExecutionPlace.Gpu));
        Assert.Contains("no backend for Gpu is registered", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_registered_backend_has_what_it_takes_and_no_more()
    {
        PackedBackends.Register(new CountingBackend());
        PackedBackends.Register(new CountingBackend());
        Assert.Single(PackedBackends.All, backend => backend.Name == "counting");
        Assert.IsType<CountingMatrix>(PackedMatrix.Create(CountedSigns(10, 50)));
        Assert.IsNotType<CountingMatrix>(PackedMatrix.Create(SignMatrix.Random(10, 50)));
        Assert.IsNotType<CountingMatrix>(PackedMatrix.Create(CodedMatrices.Random(10, 50, 2, 8)));
        Assert.Throws<ArgumentException>(() => PackedBackends.Register(new Namesake()));
    }

    [Fact]
    public void Its_products_get_all_that_ours_have()
    {
        PackedBackends.Register(new CountingBackend());
        const int Rows = 37, Columns = 90, Batch = 3;
        var matrix = CountedSigns(Rows, Columns);
        var (packed, plain) = (PackedMatrix.Create(matrix), PackedMatrix.Create(new SignMatrix(Rows, Columns, matrix.Signs, matrix.Scale), KernelPath.Scalar));

        // Whole numbers, so that every order of the sum has the same result.
        var x = CodedMatrices.Gaussian(Batch * Columns).Select(value => MathF.Round(4 * value)).ToArray();
        x[Columns + 7] = float.NegativeInfinity;
        var (bias, gate, residual) = (CodedMatrices.Gaussian(Rows), CodedMatrices.Gaussian(Batch * Rows), CodedMatrices.Gaussian(Batch * Rows, 7));
        var (found, expected) = (new float[Batch * Rows], new float[Batch * Rows]);
        packed.Multiply(x, found, Batch, new Epilogue { Bias = bias, Activation = Activation.SiLU, Gate = gate, Residual = residual });
        plain.Multiply(x, expected, Batch, new Epilogue { Bias = bias, Activation = Activation.SiLU, Gate = gate, Residual = residual });
        AssertNear(expected, found);
        Assert.True(found.AsSpan(Rows, Rows).ToArray().All(float.IsNaN));

        var (foundAll, expectedAll) = (new float[Batch * 2 * Rows], new float[Batch * 2 * Rows]);
        PackedMatrix.MultiplyAll([packed, plain], x, foundAll, Batch);
        PackedMatrix.MultiplyAll([plain, plain], x, expectedAll, Batch);
        AssertNear(expectedAll, foundAll);

        PackedMatrix.MultiplyGated(packed, plain, x, found, Batch, new Epilogue { Activation = Activation.ReLU, Residual = residual });
        PackedMatrix.MultiplyGated(plain, packed, x, expected, Batch, new Epilogue { Activation = Activation.ReLU, Residual = residual });
        AssertNear(expected, found);

        var (row, decoded) = (new float[Columns], new float[Columns]);
        packed.DecodeRow(36, row);
        matrix.DecodeRow(36, decoded);
        Assert.Equal(decoded, row);
    }

    [Fact]
    public void A_matrix_of_another_shape_is_the_backends_fault()
    {
        PackedBackends.Register(new CountingBackend());
        var exception = Assert.Throws<InvalidOperationException>(() => PackedMatrix.Create(CountedSigns(10, 50, CountedMatrix.WrongShape)));
        Assert.Contains("backend counting made a matrix [1, 50], expected [10, 50]", exception.Message, StringComparison.Ordinal);
    }

    private static CountedMatrix CountedSigns(int rows, int columns, float scale = 0.5f) => new(rows, columns, SignMatrix.RandomSigns(rows, columns, 3), scale);

    private static void AssertNear(float[] expected, float[] found)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(float.IsNaN(expected[i]), float.IsNaN(found[i]));
            Assert.False(Math.Abs(expected[i] - found[i]) > 1e-4 * (1 + Math.Abs(expected[i])), $"{i}: {found[i]}, expected {expected[i]}");
        }
    }

    /// <summary>What the backend of these tests takes, so that no other test meets it.</summary>
    private sealed class CountedMatrix(int rows, int columns, byte[] signs, float scale) : SignMatrix(rows, columns, signs, scale)
    {
        public const float WrongShape = 77;
    }

    private sealed class CountingBackend : PackedBackend
    {
        public override string Name => "counting";

        public override PackedMatrix? Create(CodedMatrix matrix, in PackedRequest request) => matrix is CountedMatrix signs
            ? new CountingMatrix(signs, request.FirstRow, signs.Scale == CountedMatrix.WrongShape ? 1 : request.Rows, request.Path)
            : null;
    }

    private sealed class Namesake : PackedBackend
    {
        public override string Name => "Counting";

        public override PackedMatrix? Create(CodedMatrix matrix, in PackedRequest request) => null;
    }

    /// <summary>scale · (2·Σ of the inputs with a set sign − Σ of all inputs).</summary>
    private sealed class CountingMatrix(CountedMatrix matrix, int first, int rows, KernelPath path) : PackedMatrix(matrix, rows)
    {
        public override long PrepackedBytes => StoredBytes;

        public override KernelPath Path => path;

        protected override void MultiplyCore(ReadOnlySpan<float> x, Span<float> products, int batch)
        {
            for (var i = 0; i < batch; i++)
            {
                var input = x.Slice(i * Columns, Columns);
                var all = 0.0;
                foreach (var value in input)
                {
                    all += value;
                }

                for (var row = 0; row < Rows; row++)
                {
                    var set = 0.0;
                    for (var start = 0; start < Columns; start += 8)
                    {
                        for (var signs = (uint)matrix.Signs[((first + row) * matrix.RowBytes) + (start / 8)]; signs != 0; signs &= signs - 1)
                        {
                            var column = start + BitOperations.TrailingZeroCount(signs);
                            set += column < Columns ? input[column] : 0;
                        }
                    }

                    products[(i * Rows) + row] = (float)(matrix.Scale * ((2 * set) - all));
                }
            }
        }

        protected override void DecodeRowCore(int row, Span<float> destination) => matrix.DecodeRow(first + row, destination);
    }
}
