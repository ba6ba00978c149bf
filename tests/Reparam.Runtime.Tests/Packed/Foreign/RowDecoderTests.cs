using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Simd;
using Reparam.Runtime.Tests.Loading;
using Reparam.Runtime.Threading;
using Reparam.Runtime.Tiles;
using StoredType = Reparam.Checkpoints.DType;

namespace Reparam.Runtime.Tests.Packed.Foreign;

/// <summary>A format that has only a row decoder runs at once, on every path, and is checked as the others are.</summary>
public class RowDecoderTests
{
    [Theory]
    [MemberData(nameof(KernelCases.PathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Products_are_those_of_the_decoded_weights(KernelPath path, KernelPrecision precision)
    {
        foreach (var (rows, columns, batch) in ((int, int, int)[])[(1, 1, 1), (7, 255, 3), (8, 256, 1), (37, 700, 5), (65, 1031, 33), (300, 129, 2)])
        {
            var matrix = SignMatrix.Random(rows, columns);
            var packed = PackedMatrix.Create(matrix, path, precision);
            var x = CodedMatrices.Gaussian(batch * columns);
            var bias = CodedMatrices.Gaussian(rows, 9);
            var y = new float[batch * rows];
            packed.Multiply(x, y, batch, bias);
            var weights = matrix.Decode();
            for (var i = 0; i < batch; i++)
            {
                for (var row = 0; row < rows; row++)
                {
                    var (expected, size) = ((double)bias[row], Math.Abs((double)bias[row]));
                    for (var k = 0; k < columns; k++)
                    {
                        expected += (double)weights[(row * columns) + k] * x[(i * columns) + k];
                        size += Math.Abs((double)weights[(row * columns) + k] * x[(i * columns) + k]);
                    }

                    Assert.InRange(Math.Abs(y[(i * rows) + row] - expected), 0, 1e-6 * size);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.Vector), MemberType = typeof(KernelCases))]
    public void It_runs_from_tiles(KernelPath path)
    {
        var packed = PackedMatrix.Create(SignMatrix.Random(20, 90), path);
        Assert.True(packed is TileMatrix<Lanes128> or TileMatrix<Lanes256> or TileMatrix<Lanes512>);
        Assert.Equal((20, 90, path, ExecutionPlace.Cpu), (packed.Rows, packed.Columns, packed.Path, packed.Place));
    }

    [Theory]
    [MemberData(nameof(KernelCases.Paths), MemberType = typeof(KernelCases))]
    public void Some_rows_have_the_bits_of_the_whole_on_any_number_of_threads(KernelPath path)
    {
        const int Rows = 403, Columns = 517, Batch = 3;
        var matrix = SignMatrix.Random(Rows, Columns);
        var x = CodedMatrices.Gaussian(Batch * Columns);
        var whole = new float[Batch * Rows];
        PackedMatrix.Create(matrix, path).Multiply(x, whole, Batch, default, new WorkerPool(1));
        var shared = new float[Batch * Rows];
        PackedMatrix.Create(matrix, path).Multiply(x, shared, Batch, default, new WorkerPool(4));
        Assert.Equal(whole, shared);

        var some = PackedMatrix.Create(matrix, 101, 77, path);
        var part = new float[Batch * 77];
        some.Multiply(x, part, Batch);
        var row = new float[Columns];
        var expected = new float[Columns];
        for (var i = 0; i < Batch; i++)
        {
            Assert.Equal(whole.AsSpan((i * Rows) + 101, 77), part.AsSpan(i * 77, 77));
        }

        some.DecodeRow(76, row);
        matrix.DecodeRow(177, expected);
        Assert.Equal(expected, row);
    }

    [Theory]
    [MemberData(nameof(KernelCases.Paths), MemberType = typeof(KernelCases))]
    public void Extreme_scales_and_inputs_keep_their_meaning(KernelPath path)
    {
        foreach (var scale in (float[])[float.MaxValue / 4, 1e-38f, float.Epsilon, 0])
        {
            var matrix = SignMatrix.Random(9, 40, scale);
            var packed = PackedMatrix.Create(matrix, path);
            var x = new float[80];
            x[0] = scale > 1 ? 1e-3f : 1099511627776f;
            x[79] = float.NaN;
            var y = new float[18];
            packed.Multiply(x, y, 2);
            var weights = matrix.Decode();
            for (var row = 0; row < 9; row++)
            {
                Assert.Equal((float)((double)weights[row * 40] * x[0]), y[row]);
                Assert.True(float.IsNaN(y[9 + row]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.Paths), MemberType = typeof(KernelCases))]
    public void Weights_that_are_not_finite_are_refused(KernelPath path)
    {
        var exception = Assert.Throws<ArgumentException>(() => PackedMatrix.Create(SignMatrix.Random(3, 40, float.PositiveInfinity), path));
        Assert.StartsWith("row 0 holds a weight that is ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("; a weight must be finite", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => PackedMatrix.Create(SignMatrix.Random(3, 40, float.NaN), path));
    }

    [Theory]
    [MemberData(nameof(KernelCases.Vector), MemberType = typeof(KernelCases))]
    public void A_warm_call_allocates_nothing(KernelPath path)
    {
        var packed = PackedMatrix.Create(SignMatrix.Random(300, 700), path);
        var (x, y) = (CodedMatrices.Gaussian(5 * 700), new float[5 * 300]);
        var minimum = long.MaxValue;
        for (var round = 0; round < 5 && minimum > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var call = 0; call < 20; call++)
            {
                packed.Multiply(x, y, 5);
                packed.Multiply(x.AsSpan(0, 700), y.AsSpan(0, 300), 1);
                packed.DecodeRow(3, x);
            }

            minimum = Math.Min(minimum, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, minimum);
    }

    [Fact]
    public void Two_matrices_in_turn_do_not_see_each_others_rows()
    {
        var (a, b) = (SignMatrix.Random(8, 300, 1, seed: 1), SignMatrix.Random(8, 300, 1, seed: 2));
        var (packedA, packedB) = (PackedMatrix.Create(a), PackedMatrix.Create(b));
        var x = new float[300];
        Array.Fill(x, 1);
        var y = new float[8];
        for (var round = 0; round < 2; round++)
        {
            foreach (var (matrix, packed) in new[] { (a, packedA), (b, packedB) })
            {
                packed.Multiply(x, y, 1);
                var weights = matrix.Decode();
                Assert.Equal(Enumerable.Range(0, 8).Select(row => weights.AsSpan(row * 300, 300).ToArray().Sum()), y);
            }
        }
    }

    [Fact]
    public void A_file_is_written_checked_and_loaded()
    {
        PackedFormats.Register(SignFormat.Instance);
        using var file = new TemporaryFile();
        var (tokens, head) = (SignMatrix.Random(50, 24, seed: 1), SignMatrix.Random(70, 24, seed: 2));
        Writer(tokens, head).Write(file.Path, review: packed => SelfCheck.Run(packed, default));

        var model = new Lookup(50, 24, 70);
        CheckpointLoader.Load(model, file.Path);
        using var scope = Torch.NewDisposeScope();
        var y = model.Call(Torch.Tensor([49L, 0L])).ToArray<float>();
        var (embedding, weights) = (tokens.Decode(), head.Decode());
        for (var i = 0; i < 2; i++)
        {
            for (var row = 0; row < 70; row++)
            {
                var expected = 0.0;
                for (var k = 0; k < 24; k++)
                {
                    expected += (double)embedding[((1 - i) * 49 * 24) + k] * weights[(row * 24) + k];
                }

                Assert.Equal(expected, y[(i * 70) + row], 1e-5);
            }
        }
    }

    [Fact]
    public void A_changed_file_is_told_from_a_wrong_kernel()
    {
        PackedFormats.Register(SignFormat.Instance);
        using var file = new TemporaryFile();
        Writer(SignMatrix.Random(50, 24), SignMatrix.Random(70, 24)).Write(file.Path);
        using (var packed = PackedFile.Open(file.Path))
        {
            var another = PackedMatrix.Create(SignMatrix.Random(70, 24, seed: 8));
            var wrong = Assert.Throws<CheckpointException>(() => CanaryCheck.Run(
                packed, packed.Canaries.Single(canary => canary.Tensor == "fc.weight"), packed.ReadMatrix("fc.weight"), [another], KernelPrecision.Default, new WorkerPool(1)));
            Assert.Contains("the file holds what was written: the kernels of", wrong.Message, StringComparison.Ordinal);
        }

        ResealedFile.Change(file.Path, tensor => tensor, contents => contents["fc.weight.test-signs"][0] ^= 1);
        using var damaged = PackedFile.Open(file.Path);
        Assert.Equal(CheckpointRule.Canary, Assert.Throws<CheckpointException>(() => SelfCheck.Run(damaged, default)).Rule);
    }

    private static PackedFileWriter Writer(SignMatrix tokens, SignMatrix head)
    {
        var writer = new PackedFileWriter();
        writer.AddLayer("tokens.weight", "test", [50, 24], StoredType.F32, tokens);
        writer.AddLayer("fc.weight", "test", [70, 24], StoredType.F32, head);
        return writer;
    }

    private sealed class Lookup : Module<Tensor, Tensor>
    {
        private readonly Embedding tokens;
        private readonly Linear fc;

        public Lookup(int entries, int width, int outputs)
            : base(nameof(Lookup))
        {
            tokens = Nn.Embedding(entries, width);
            fc = Nn.Linear(width, outputs, hasBias: false);
        }

        public override Tensor Forward(Tensor input) => fc.Call(tokens.Call(input));

        protected override void VisitComponents(ComponentVisitor visitor)
        {
            visitor.Module("tokens", tokens);
            visitor.Module("fc", fc);
        }
    }
}
