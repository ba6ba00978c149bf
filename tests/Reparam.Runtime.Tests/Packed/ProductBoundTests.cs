using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Tests.Packed;

/// <summary>What kernels may owe: right ones stay within it, and it is small against what a wrong reading costs.</summary>
public class ProductBoundTests
{
    private static readonly string[] Layouts = ["row", .. CodedMatrices.OtherLayouts];

    [Theory]
    [MemberData(nameof(KernelCases.PathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Right_kernels_stay_within_the_bound(KernelPath path, KernelPrecision precision)
    {
        var pool = new WorkerPool(1);
        foreach (var layout in Layouts)
        {
            foreach (var (rows, columns) in ((int, int)[])[(1, 1), (3, 5), (16, 32), (40, 130), (9, 600), (64, 64)])
            {
                foreach (var bits in (int[])[1, 2, 3, 4])
                {
                    foreach (var exponent in (int[])[0, -149, 100])
                    {
                        AssertWithin(Create(layout, rows, columns, bits, exponent), path, precision, pool);
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Rows_near_zero_and_columns_far_larger_than_others_stay_within_it(KernelPath path, KernelPrecision precision)
    {
        var pool = new WorkerPool(1);
        var random = new Random(3);

        // Two planes that cancel: all weights are zero or far larger.
        var scales = Enumerable.Repeat((Half)0.75f, 16 * 2 * 2).ToArray();
        AssertWithin(new BinaryCodedMatrix(16, 200, 2, 100, 0, CodedMatrices.Codes(16, 200, 2, random), scales), path, precision, pool);

        // One column a million times the others.
        foreach (var rows in (int[])[16, 600])
        {
            var terms = Enumerable.Range(0, 300 * 3).Select(place => BinaryCodedMatrix.EncodeTerm(place % 2 == 1, place / 3 == 130 ? 10 : -10 - (place % 3))).ToArray();
            AssertWithin(
                new BinaryCodedMatrix(rows, 300, 3, 0, 0, CodedMatrices.Codes(rows, 300, 3, random), default, terms, 1, BinaryFormat.Column), path, precision, pool);
        }

        // Profiles of zero beside one with the largest offset: what the offsets of others round stays.
        sbyte[] entries = [0, 0, 0, 127, 127, 127, 0, 0, -127, 1, 0, 0];
        var table = new ProfileTable(2, 2, 0.01f, entries);
        var nested = CodedMatrices.Nested(16, 512, table, 1, 256, 0, random);
        AssertWithin(new NestedMatrix(16, 512, table, 1, 256, 0, nested.Codes, new byte[nested.Profiles.Length], nested.SuperScales), path, precision, pool);
        AssertWithin(nested, path, precision, pool);
    }

    [Theory]
    [InlineData(KernelPrecision.Exact)]
    [InlineData(KernelPrecision.Default)]
    [InlineData(KernelPrecision.Fast)]
    public void Wrong_readings_are_beyond_it(KernelPrecision precision)
    {
        const int Rows = 32;
        foreach (var columns in (int[])[64, 576, 4096])
        {
            foreach (var layout in Layouts)
            {
                foreach (var bits in (int[])[1, 2, 3, 4])
                {
                    var matrix = Create(layout, Rows, columns, bits, 0);
                    var right = matrix.Decode();
                    AssertFound(matrix, precision, "rows in pairs", Map(right, columns, (row, column) => (row ^ 1, column)));
                    AssertFound(matrix, precision, "columns in pairs", Map(right, columns, (row, column) => (row, column ^ 1)));
                    AssertFound(matrix, precision, "columns four further", Map(right, columns, (row, column) => (row, (column + 4) % columns)));
                    AssertFound(matrix, precision, "halves of words", Map(right, columns, (row, column) => (row, column ^ 16)));
                    AssertFound(matrix, precision, "scale", [.. right.Select(weight => weight * 1.5f)]);
                    AssertFound(matrix, precision, "sign", [.. right.Select(weight => -weight)]);

                    // The smallest of four planes is a fifteenth of the amplitude, about what 8-bit tables owe.
                    foreach (var wrong in precision == KernelPrecision.Fast && bits == 4 ? [] : WrongCodes(matrix))
                    {
                        AssertFound(matrix, precision, "codes", wrong.Decode());
                    }
                }
            }
        }
    }

    // Each plane inverted, neighbouring planes exchanged; of codebooks, each stage's indices off by one.
    private static IEnumerable<CodedMatrix> WrongCodes(CodedMatrix matrix)
    {
        switch (matrix)
        {
            case BinaryCodedMatrix binary:
                foreach (var codes in WrongPlanes(binary.Codes, binary.Bits, static word => ~word))
                {
                    yield return new BinaryCodedMatrix(
                        binary.Rows, binary.Columns, binary.Bits, binary.Format is RowFormat || binary.BlockRows < binary.Rows ? binary.GroupSize : 0, 0,
                        codes, binary.Scales, binary.Terms, binary.ScaleTerms, binary.Format);
                }

                break;
            case NestedMatrix nested:
                foreach (var codes in WrongPlanes(nested.Codes, nested.Bits, static word => (byte)~word))
                {
                    yield return new NestedMatrix(nested.Rows, nested.Columns, nested.Table, nested.SuperRows, nested.SuperColumns, 0, codes, nested.Profiles, nested.SuperScales);
                }

                break;
            case CodebookMatrix codebook:
                var indices = codebook.Indices.ToArray().Select(pair => (byte)(pair ^ 0x11)).ToArray();
                yield return new CodebookMatrix(codebook.Rows, codebook.Columns, codebook.Set, codebook.SuperRows, codebook.SuperColumns, 0, indices, codebook.SuperScales);
                break;
            default:
                break;
        }
    }

    private static IEnumerable<ReadOnlyMemory<T>> WrongPlanes<T>(ReadOnlyMemory<T> codes, int bits, Func<T, T> invert)
    {
        var plane = codes.Length / bits;
        for (var bit = 0; bit < bits; bit++)
        {
            var inverted = codes.ToArray();
            foreach (ref var word in inverted.AsSpan(bit * plane, plane))
            {
                word = invert(word);
            }

            yield return inverted;
            if (bit > 0)
            {
                T[] exchanged = [.. codes.Span[..((bit - 1) * plane)], .. codes.Span.Slice(bit * plane, plane), .. codes.Span.Slice((bit - 1) * plane, plane), .. codes.Span[((bit + 1) * plane)..]];
                yield return exchanged;
            }
        }
    }

    // Planes of falling scales, so that each counts and none is like another.
    private static CodedMatrix Create(string layout, int rows, int columns, int bits, int exponent)
    {
        var random = new Random((rows * 31) + columns + bits);
        switch (layout)
        {
            case "nested":
                var entries = new sbyte[(bits + 1) << 4];
                for (var place = 0; place < entries.Length; place++)
                {
                    var bit = place % (bits + 1);
                    entries[place] = (sbyte)(bit == bits ? random.Next(-9, 10) : (64 >> bit) + random.Next(6 >> bit));
                }

                return CodedMatrices.Nested(rows, columns, new ProfileTable(bits, 4, 0.01f, entries), 1, 256, exponent, random);
            case "codebook":
                return CodedMatrices.Codebook(rows, columns, [.. Enumerable.Repeat(new CodebookStage(4, 4), bits), new CodebookStage(8, 16)], 1, 256, exponent, random);
            default:
                var blockRows = layout == "row" ? 1 : 16;
                var blockColumns = layout == "row" ? 128 : layout == "column" ? 1 : 8;
                var scales = new Half[(rows + blockRows - 1) / blockRows * ((columns + blockColumns - 1) / blockColumns) * bits];
                for (var i = 0; i < scales.Length; i++)
                {
                    scales[i] = (Half)((0.7f + (random.NextSingle() * 0.25f)) / (1 << (i % bits)));
                }

                return new BinaryCodedMatrix(rows, columns, bits, blockRows * blockColumns, exponent, CodedMatrices.Codes(rows, columns, bits, random), scales, format: CodedMatrices.Binary(layout));
        }
    }

    private static float[] Map(float[] weights, int columns, Func<int, int, (int Row, int Column)> source)
    {
        var mapped = new float[weights.Length];
        for (var i = 0; i < mapped.Length; i++)
        {
            var (row, column) = source(i / columns, i % columns);
            mapped[i] = weights[(row * columns) + column];
        }

        return mapped;
    }

    private static void AssertFound(CodedMatrix matrix, KernelPrecision precision, string what, float[] wrong)
    {
        var canary = PackedCanary.Of("w", matrix);
        var x = PackedCanary.Input(canary.Seed, matrix.Columns);
        var found = new float[matrix.Rows];
        for (var row = 0; row < found.Length; row++)
        {
            found[row] = (float)Dot(wrong.AsSpan(row * x.Length, x.Length), x);
        }

        var errors = canary.Outputs.Select((_, row) => ProductBound.Of(matrix, row, precision).Error).ToArray();
        Assert.True(canary.Compare(found, errors) is not null, $"{what} of {matrix.Format.Name}, {matrix.Columns} columns, {((PlanesMatrix)matrix).Bits} bits");
    }

    private static void AssertWithin(CodedMatrix matrix, KernelPath path, KernelPrecision precision, WorkerPool pool)
    {
        var packed = PackedMatrix.Create(matrix, path, precision);
        var bounds = Enumerable.Range(0, matrix.Rows).Select(row => ProductBound.Of(matrix, row, path == KernelPath.Scalar ? KernelPrecision.Exact : precision)).ToArray();
        var exponent = Math.Clamp(64 - Math.ILogB(bounds.Max(bound => bound.Amplitude)), -PackedCanary.MaxExponent, PackedCanary.MaxExponent);
        var weights = new float[matrix.Columns];
        var y = new float[matrix.Rows];
        foreach (var seed in (uint[])[1, 2, 3])
        {
            packed.Multiply(PackedCanary.Input(seed, matrix.Columns, exponent), y, 1, default, pool);
            var x = PackedCanary.Input(seed, matrix.Columns);
            for (var row = 0; row < matrix.Rows; row++)
            {
                matrix.DecodeRow(row, weights);
                var error = Math.Abs(Math.ScaleB((double)y[row], -exponent) - Dot(weights, x));
                Assert.True(
                    error <= bounds[row].Error + Math.ScaleB(2.0 * float.Epsilon, -exponent),
                    $"{error} beyond {bounds[row].Error} in row {row} of {matrix.Rows} × {matrix.Columns}, {matrix.Format.Name}, {((PlanesMatrix)matrix).Bits} bits");
            }
        }
    }

    private static double Dot(ReadOnlySpan<float> weights, ReadOnlySpan<float> x)
    {
        var sum = 0.0;
        for (var k = 0; k < x.Length; k++)
        {
            sum += (double)weights[k] * x[k];
        }

        return sum;
    }
}
