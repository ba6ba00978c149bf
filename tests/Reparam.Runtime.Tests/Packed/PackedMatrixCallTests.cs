using Reparam.Runtime.LookUp;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Tests.Packed;

public class PackedMatrixCallTests
{
    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void The_bits_of_a_product_do_not_depend_on_the_number_of_threads(KernelPath path, KernelPrecision precision)
    {
        var packed = (LookUpMatrix)PackedMatrix.Create(CodedMatrices.Random(2053, 1100, 3, 64), path, precision);
        var x = CodedMatrices.Gaussian(3 * 1100);
        var expected = new float[3 * 2053];
        packed.Multiply(x, expected, 3, default, new WorkerPool(1));
        foreach (var threads in (int[])[2, 3, 5])
        {
            var pool = new WorkerPool(threads);
            for (var round = 0; round < 20; round++)
            {
                var y = new float[3 * 2053];
                packed.Multiply(x, y, 3, default, pool);
                Assert.Equal(expected, y);
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.Vector), MemberType = typeof(KernelCases))]
    public void Concurrent_calls_give_the_same_bits_as_calls_one_by_one(KernelPath path)
    {
        var large = PackedMatrix.Create(CodedMatrices.Random(1500, 1024, 3, 128), path);
        var small = PackedMatrix.Create(CodedMatrices.Random(70, 60, 2, 16), path);
        var inputs = Enumerable.Range(0, 8).Select(i => CodedMatrices.Gaussian(2 * 1024, seed: 100 + i)).ToArray();
        var expected = inputs.Select(x => (Product(large, x), Product(small, x))).ToArray();

        var failures = 0;
        var threads = inputs.Select((x, i) => new Thread(() =>
        {
            for (var round = 0; round < 30; round++)
            {
                var same = Product(large, x).AsSpan().SequenceEqual(expected[i].Item1) && Product(small, x).AsSpan().SequenceEqual(expected[i].Item2);
                Interlocked.Add(ref failures, same ? 0 : 1);
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(0, failures);
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void A_warm_call_allocates_nothing(KernelPath path, KernelPrecision precision)
    {
        var packed = PackedMatrix.Create(CodedMatrices.Random(600, 700, 3, 64), path, precision);
        var x = CodedMatrices.Gaussian(5 * 700);
        var bias = CodedMatrices.Gaussian(600);
        var y = new float[5 * 600];

        // What allocates at every call does so in every round; the first contended wait of a thread may, once.
        var least = long.MaxValue;
        for (var round = 0; round < 5 && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var call = 0; call < 20; call++)
            {
                packed.Multiply(x, y, 5, bias);
                packed.Multiply(x.AsSpan(0, 700), y.AsSpan(0, 600), 1);
                packed.DecodeRow(3, x);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    [Theory]
    [MemberData(nameof(KernelCases.Paths), MemberType = typeof(KernelCases))]
    public void Lengths_that_do_not_fit_are_refused_by_name(KernelPath path)
    {
        var packed = PackedMatrix.Create(CodedMatrices.Random(20, 40, 2, 8), path);
        Assert.Equal("x", Assert.Throws<ArgumentException>(() => packed.Multiply(new float[41], new float[20], 1)).ParamName);
        Assert.Equal("y", Assert.Throws<ArgumentException>(() => packed.Multiply(new float[40], new float[40], 1)).ParamName);
        Assert.Equal("bias", Assert.Throws<ArgumentException>(() => packed.Multiply(new float[40], new float[20], 1, new float[19])).ParamName);
        Assert.Equal("batch", Assert.Throws<ArgumentOutOfRangeException>(() => packed.Multiply([], [], -1)).ParamName);
        Assert.Equal("row", Assert.Throws<ArgumentOutOfRangeException>(() => packed.DecodeRow(20, new float[40])).ParamName);
        Assert.Equal("destination", Assert.Throws<ArgumentException>(() => packed.DecodeRow(0, new float[39])).ParamName);
        packed.Multiply([], [], 0);
    }

    [Fact]
    public void A_product_in_place_is_refused()
    {
        var packed = PackedMatrix.Create(CodedMatrices.Random(20, 20, 2, 8));
        var buffer = new float[40];
        Assert.Throws<ArgumentException>(() => packed.Multiply(buffer.AsSpan(0, 20), buffer.AsSpan(10, 20), 1));
    }

    [Fact]
    public void The_shape_and_the_sizes_are_those_of_the_coded_matrix()
    {
        var matrix = CodedMatrices.Random(48, 256, 3, 128);
        foreach (var path in KernelCases.SupportedPaths)
        {
            var packed = PackedMatrix.Create(matrix, path);
            Assert.Equal((48, 256, path), (packed.Rows, packed.Columns, packed.Path));
            Assert.Equal(matrix.StoredBytes, packed.StoredBytes);
            Assert.Equal(matrix.StoredBytes, packed.PrepackedBytes);
        }
    }

    private static float[] Product(PackedMatrix packed, float[] x)
    {
        var y = new float[packed.Rows];
        packed.Multiply(x.AsSpan(0, packed.Columns), y, 1);
        return y;
    }
}
