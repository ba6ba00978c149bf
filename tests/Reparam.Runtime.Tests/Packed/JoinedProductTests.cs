using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Tests.Packed;

public class JoinedProductTests
{
    [Theory]
    [MemberData(nameof(KernelCases.PathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Several_matrices_at_once_give_the_bits_of_each_alone(KernelPath path, KernelPrecision precision)
    {
        PackedMatrix[][] sets =
        [
            [Create(33, 2, 64), Create(7, 3, 64), Create(160, 4, 64)],
            [Create(600, 3, 64), Create(900, 3, 64)],
            [Create(100, 2, 64), Create(9, 1, 64)],
            [Create(20, 3, 64), Create(20, 3, 16), PackedMatrix.Create(CodedMatrices.Random("codebook", 19, 512, 3), path)],
            [Create(40, 1, 0)],
        ];
        var pool = new WorkerPool(3);
        foreach (var set in sets)
        {
            var rows = set.Sum(matrix => matrix.Rows);
            foreach (var batch in (int[])[1, 3, 18, 41])
            {
                var (x, bias, residual) = (CodedMatrices.Gaussian(batch * 512, batch), CodedMatrices.Gaussian(rows), CodedMatrices.Gaussian(batch * rows, 5));
                var y = new float[batch * rows];
                PackedMatrix.MultiplyAll(set, x, y, batch, new Epilogue { Bias = bias, Activation = Activation.SiLU, Residual = residual }, pool);
                var first = 0;
                foreach (var matrix in set)
                {
                    var (alone, added) = (new float[batch * matrix.Rows], new float[batch * matrix.Rows]);
                    for (var i = 0; i < batch; i++)
                    {
                        residual.AsSpan((i * rows) + first, matrix.Rows).CopyTo(added.AsSpan(i * matrix.Rows));
                    }

                    matrix.Multiply(x, alone, batch, new Epilogue { Bias = bias.AsSpan(first, matrix.Rows), Activation = Activation.SiLU, Residual = added });
                    for (var i = 0; i < batch; i++)
                    {
                        Assert.Equal(alone[(i * matrix.Rows)..((i + 1) * matrix.Rows)], y[((i * rows) + first)..((i * rows) + first + matrix.Rows)]);
                    }

                    first += matrix.Rows;
                }
            }
        }

        PackedMatrix Create(int rows, int bits, int groupSize) => PackedMatrix.Create(CodedMatrices.Random(rows, 512, bits, groupSize), path, precision);
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void A_gated_pair_gives_the_bits_of_its_halves(KernelPath path, KernelPrecision precision)
    {
        var pool = new WorkerPool(3);
        foreach (var (rows, upGroup) in ((int, int)[])[(1, 64), (47, 64), (1000, 64), (47, 16)])
        {
            var gate = PackedMatrix.Create(CodedMatrices.Random(rows, 512, 3, 64), path, precision);
            var up = PackedMatrix.Create(CodedMatrices.Random(rows, 512, 2, upGroup), path, precision);
            foreach (var batch in (int[])[1, 2, 17, 70])
            {
                var (x, bias, upBias, residual) = (CodedMatrices.Gaussian(batch * 512, batch), CodedMatrices.Gaussian(rows), CodedMatrices.Gaussian(rows, 9), CodedMatrices.Gaussian(batch * rows, 5));
                var (factors, expected) = (new float[batch * rows], new float[batch * rows]);
                up.Multiply(x, factors, batch, upBias);
                gate.Multiply(x, expected, batch, new Epilogue { Bias = bias, Activation = Activation.GELU, Gate = factors, Residual = residual });
                var y = residual.ToArray();
                PackedMatrix.MultiplyGated(gate, up, x, y, batch, new Epilogue { Bias = bias, Activation = Activation.GELU, Residual = y }, upBias, pool);
                Assert.Equal(expected, y);
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Tables_are_shared_by_content_and_never_by_place(KernelPath path, KernelPrecision precision)
    {
        PackedMatrix[] matrices =
        [
            PackedMatrix.Create(CodedMatrices.Random(40, 300, 3, 32), path, precision),
            PackedMatrix.Create(CodedMatrices.Random(24, 300, 2, 32), path, precision),
            PackedMatrix.Create(CodedMatrices.Random(24, 300, 2, 128), path, precision),
            PackedMatrix.Create(CodedMatrices.Random(24, 300, 2, 0), path, precision),
        ];
        var x = CodedMatrices.Gaussian(300);
        for (var change = 0; change < 6; change++)
        {
            // One buffer that is written again and again, as a model's are.
            x[change * 59] = change == 3 ? float.NaN : change;
            foreach (var matrix in matrices)
            {
                var (y, fresh) = (new float[matrix.Rows], new float[matrix.Rows]);
                matrix.Multiply(x, y, 1);
                var thread = new Thread(() => matrix.Multiply(x, fresh, 1));
                thread.Start();
                thread.Join();
                Assert.Equal(fresh, y);
            }

            x[177] = 0.5f;
        }
    }

    [Fact]
    public void Every_thread_takes_the_input_of_the_call_at_hand()
    {
        var pool = new WorkerPool(3);
        foreach (var columns in (int[])[1000, 9000])
        {
            // Enough work to wake helpers at each call.
            var matrix = PackedMatrix.Create(CodedMatrices.Random(3_000_000 / columns, columns, 3, 64));
            var (x, y, alone) = (CodedMatrices.Gaussian(columns), new float[matrix.Rows], new float[matrix.Rows]);
            for (var call = 0; call < 20; call++)
            {
                // Written in place; every other call finds the input of the call before the last one.
                x[3] = call % 4;
                x[^1] = call % 2 == 0 ? 1 : x[^1] + 1;
                matrix.Multiply(x, alone, 1, default, new WorkerPool(1));
                matrix.Multiply(x, y, 1, default, pool);
                Assert.Equal(alone, y);
            }
        }
    }

    [Fact]
    public void A_warm_joined_call_allocates_nothing()
    {
        PackedMatrix[] set = [.. Enumerable.Range(1, 3).Select(bits => PackedMatrix.Create(CodedMatrices.Random(600, 700, bits, 64)))];
        var (x, y) = (CodedMatrices.Gaussian(40 * 700), new float[40 * 1800]);
        var least = long.MaxValue;
        for (var round = 0; round < 5 && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var call = 0; call < 20; call++)
            {
                for (var batch = 1; batch <= 40; batch += 39)
                {
                    var rows = x.AsSpan(0, batch * 700);
                    PackedMatrix.MultiplyAll(set, rows, y.AsSpan(0, batch * 1800), batch);
                    PackedMatrix.MultiplyGated(set[0], set[1], rows, y.AsSpan(0, batch * 600), batch, new Epilogue { Activation = Activation.SiLU });
                }
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        var (a, b) = (PackedMatrix.Create(CodedMatrices.Random(20, 16, 2, 8)), PackedMatrix.Create(CodedMatrices.Random(20, 17, 2, 8)));
        Assert.Throws<ArgumentException>(() => PackedMatrix.MultiplyAll([], new float[16], new float[20], 1));
        Assert.Throws<ArgumentException>(() => PackedMatrix.MultiplyAll([a, b], new float[16], new float[40], 1));
        Assert.Throws<ArgumentException>(() => PackedMatrix.MultiplyAll([a, a], new float[16], new float[39], 1));
        Assert.Throws<ArgumentException>(() => PackedMatrix.MultiplyGated(a, b, new float[16], new float[20], 1, default));
        Assert.Throws<ArgumentException>(() => PackedMatrix.MultiplyGated(a, a, new float[16], new float[20], 1, new Epilogue { Gate = new float[20] }));
    }
}
