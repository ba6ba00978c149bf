using Reparam.Checkpoints.Packed;
using Reparam.Runtime.LookUp;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.Tests.Packed;

public class PrepackedNestedTests
{
    /// <summary>Tables at the ends of what the format allows, and one as a coder makes them.</summary>
    public static TheoryData<KernelPath, string> PathsAndTables
    {
        get
        {
            var data = new TheoryData<KernelPath, string>();
            foreach (var path in KernelCases.SupportedPaths)
            {
                foreach (var table in (string[])["coded", "random", "largest", "zero", "no offsets", "lowest offsets", "offsets of both ends"])
                {
                    data.Add(path, table);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(PathsAndTables))]
    public void Any_table_and_any_number_of_profiles_agree_with_the_float64_sum(KernelPath path, string kind)
    {
        foreach (var precision in KernelCases.Precisions(path))
        {
            for (var bits = 1; bits <= 4; bits++)
            {
                for (var indexBits = 0; indexBits <= ProfileTable.MaxIndexBits; indexBits++)
                {
                    var table = Table(kind, bits, indexBits);
                    AssertAgrees(CodedMatrices.Nested(37, 200, table, 3, 112, -3, new Random(indexBits)), path, precision);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.PathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Any_super_block_agrees_with_the_float64_sum(KernelPath path, KernelPrecision precision)
    {
        foreach (var superColumns in (int[])[16, 32, 48, 64, 176, 256, 272, 352, 1040, 1 << 20])
        {
            foreach (var columns in (int[])[1, 16, 17, 63, 64, 65, 172, 256, 257, 688, 1100])
            {
                AssertAgrees(CodedMatrices.Nested(18, columns, Table("coded", 1 + (columns % 4), 6), 1 + (columns % 5), superColumns, 2, new Random(columns)), path, precision);
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.Paths), MemberType = typeof(KernelCases))]
    public void Inputs_that_follow_the_signs_saturate_nothing(KernelPath path)
    {
        // Every sum is as large as it may be: all weights of a row have the signs of the inputs, and the amplitudes are the largest.
        foreach (var kind in (string[])["coded", "largest", "no offsets", "lowest offsets"])
        {
            for (var bits = 1; bits <= 4; bits++)
            {
                var random = new Random(bits);
                var matrix = CodedMatrices.Nested(16, 512, Table(kind, bits, 3), 1, 256, 0, random);
                var codes = matrix.Codes.ToArray();
                for (var i = 0; i < codes.Length; i++)
                {
                    codes[i] = codes[i % matrix.BytesPerRow];
                }

                matrix = new NestedMatrix(16, 512, matrix.Table, 1, 256, 0, codes, matrix.Profiles, matrix.SuperScales);
                var x = new float[512];
                for (var k = 0; k < x.Length; k++)
                {
                    x[k] = ((codes[k / 8] >> (k % 8)) & 1) != 0 ? 3.7f : -3.7f;
                }

                foreach (var precision in KernelCases.Precisions(path))
                {
                    AssertAgrees(matrix, path, precision, x);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.Paths), MemberType = typeof(KernelCases))]
    public void A_matrix_that_is_repacked_by_several_threads_decodes_bit_for_bit(KernelPath path)
    {
        foreach (var indexBits in (int[])[5, 9])
        {
            var matrix = CodedMatrices.Nested(1030, 2100, Table("random", 4, indexBits), 2, 176, -2, new Random(1));
            AssertDecodes(matrix, PackedMatrix.Create(matrix, path));
        }
    }

    [Theory]
    [InlineData(KernelPrecision.Default)]
    [InlineData(KernelPrecision.Fast)]
    public unsafe void Kernels_of_every_width_give_the_same_bits(KernelPrecision precision)
    {
        for (var bits = 1; bits <= 4; bits++)
        {
            foreach (var (kind, indexBits) in ((string, int)[])[("coded", 3), ("coded", 6), ("largest", 7), ("no offsets", 8), ("offsets of both ends", 10)])
            {
                var matrix = CodedMatrices.Nested(16, 700, Table(kind, bits, indexBits), 1, 256, 1, new Random(bits));
                var stream = PrepackedNested.Create(matrix, 0, 16, KernelPath.Vector128, precision, null)!;
                var expected = precision == KernelPrecision.Fast
                    ? Sums<ITablePlanes.One, RowLanes128<IByteLookUp.Portable>>(stream)
                    : Sums<ITablePlanes.Two, RowLanes128<IByteLookUp.Portable>>(stream);
                Assert.DoesNotContain(0f, expected);
                Assert.Equal(expected, Sums(stream, stream.Kernel));
                if (PackedKernels.IsSupported(KernelPath.Avx2))
                {
                    var wide = PrepackedNested.Create(matrix, 0, 16, KernelPath.Avx2, precision, null)!;
                    Assert.Equal(expected, Sums(wide, wide.Kernel));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public unsafe void Row_blocks_in_turn_have_the_bits_of_each_alone(KernelPath path, KernelPrecision precision)
    {
        for (var bits = 1; bits <= 4 && precision != KernelPrecision.Exact; bits++)
        {
            foreach (var (kind, indexBits) in ((string, int)[])[("coded", 3), ("coded", 6), ("largest", 7), ("no offsets", 8), ("offsets of both ends", 10)])
            {
                var matrix = CodedMatrices.Nested(107, 700, Table(kind, bits, indexBits), 3, 256, 1, new Random(bits));
                var stream = PrepackedNested.Create(matrix, 0, 107, path, precision, null)!;
                Assert.Equal(path == KernelPath.Avx512 ? 3 : 1, stream.InterleavedBlocks);
                for (var blocks = 1; blocks <= stream.InterleavedBlocks; blocks++)
                {
                    foreach (var distance in (int[])[1, 2])
                    {
                        var alone = Enumerable.Range(0, blocks).SelectMany(i => SumsOf(1 + (i * distance), 1)).ToArray();
                        Assert.Contains(alone, sum => sum != 0);
                        Assert.Equal(alone, SumsOf(1, blocks, distance));
                    }
                }

                float[] SumsOf(int block, int count, int distance = 0) => Sums(stream, stream.Kernel, inputs: 1, block, count, distance);
            }
        }
    }

    [Fact]
    public void Streams_for_any_path_are_made_on_any_machine_and_read_where_the_order_is_the_same()
    {
        KernelPath[] paths = [KernelPath.Avx512, KernelPath.Avx2, KernelPath.Vector128];
        foreach (var indexBits in (int[])[6, 7, 8, 9])
        {
            var matrix = CodedMatrices.Nested(37, 600, Table("coded", 3, indexBits), 1, 176, -2, new Random(indexBits));
            foreach (var written in paths)
            {
                var stream = PrepackedNested.Create(matrix, 0, 37, written, KernelPrecision.Default, null)!;
                AssertDecodes(matrix, new LookUpMatrix(matrix, stream, written));
                foreach (var read in paths)
                {
                    var again = PrepackedNested.Create(matrix, 0, 37, read, KernelPrecision.Default, new StoredPrepack(stream.Key, _ => Copy(stream)))!;
                    Assert.Equal(NestedOrder.Of(written) == NestedOrder.Of(read), again.IsPrepacked);
                    AssertDecodes(matrix, new LookUpMatrix(matrix, again, read));
                    if (PackedKernels.IsSupported(read))
                    {
                        AssertAgrees(matrix, new LookUpMatrix(matrix, again, read), KernelPrecision.Default);
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Products_are_looked_up_unless_padding_or_precision_forbids(KernelPath path, KernelPrecision precision)
    {
        var random = new Random(3);
        Assert.Equal(precision != KernelPrecision.Exact, PackedMatrix.Create(CodedMatrices.Nested(20, 300, Table("coded", 3, 6), 1, 256, 0, random), path, precision) is LookUpMatrix);
        Assert.IsNotType<LookUpMatrix>(PackedMatrix.Create(CodedMatrices.Nested(20, 300, Table("coded", 3, 6), 1, 16, 0, random), path, precision));
    }

    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Inputs_of_any_kind_agree_with_the_float64_sum(KernelPath path, KernelPrecision precision)
    {
        var matrix = CodedMatrices.Nested(33, 520, Table("offsets of both ends", 3, 7), 2, 256, 5, new Random(8));
        foreach (var factor in (float[])[float.Epsilon * 50, 1e-40f, 1e-30f, 1, 1e30f])
        {
            // One segment of zeros, one of a constant, one of noise.
            var x = CodedMatrices.Gaussian(520);
            x.AsSpan(0, 256).Clear();
            x.AsSpan(256, 240).Fill(-0.75f);
            foreach (ref var value in x.AsSpan())
            {
                value *= factor;
            }

            AssertAgrees(matrix, path, precision, x);
        }

        var packed = PackedMatrix.Create(matrix, path, precision);
        var rows = CodedMatrices.Gaussian(3 * 520);
        (rows[5], rows[(2 * 520) + 519]) = (float.NaN, float.NegativeInfinity);
        var y = new float[3 * 33];
        packed.Multiply(rows, y, 3);
        Assert.All([.. y[..33], .. y[66..]], value => Assert.Equal(float.NaN, value));
        Assert.All(y[33..66], value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Segments_cover_every_column_once()
    {
        foreach (var superColumns in (int[])[16, 48, 64, 176, 256, 352, 1040])
        {
            for (var columns = 1; columns <= 1100; columns += 7)
            {
                var layout = new NestedColumns(columns, superColumns);
                var next = 0;
                for (var segment = 0; segment < layout.Segments; segment++)
                {
                    var (first, count) = layout.Run(segment);
                    Assert.Equal(next, first);
                    Assert.InRange(count, 1, layout.SegmentColumns);
                    Assert.Equal(first / superColumns, (first + count - 1) / superColumns);
                    next = first + count;
                }

                Assert.Equal(columns, next);
            }
        }
    }

    private static ProfileTable Table(string kind, int bits, int indexBits)
    {
        var random = new Random((100 * bits) + indexBits);
        if (kind == "random")
        {
            return CodedMatrices.Table(bits, indexBits, random);
        }

        var entries = new sbyte[(bits + 1) << indexBits];
        for (var start = 0; start < entries.Length; start += bits + 1)
        {
            for (var bit = 0; bit < bits; bit++)
            {
                entries[start + bit] = kind switch
                {
                    "zero" => 0,
                    "largest" or "lowest offsets" or "offsets of both ends" => 127,
                    _ => (sbyte)((127 >> bit) - random.Next(4)),
                };
            }

            entries[start + bits] = kind switch
            {
                "zero" or "no offsets" => 0,
                "lowest offsets" => -127,
                "largest" => 127,
                "offsets of both ends" => (sbyte)(random.Next(2) == 0 ? -127 : 127),
                _ => (sbyte)random.Next(-20, 21),
            };
        }

        return new ProfileTable(bits, indexBits, 0.013f, entries);
    }

    private static unsafe float[] Sums<TPlanes, TLanes>(PrepackedNested stream)
        where TPlanes : struct, ITablePlanes
        where TLanes : unmanaged, IRowLanes<TLanes> => Sums(stream, &NestedKernel<TPlanes, TLanes>.Multiply);

    // The sums of the first block with three input rows, as the kernel leaves them.
    private static unsafe float[] Sums(PrepackedNested stream, delegate*<in KernelArguments, void> kernel) => Sums(stream, kernel, inputs: 3, block: 0, blocks: 1, distance: 0);

    private static unsafe float[] Sums(PrepackedNested stream, delegate*<in KernelArguments, void> kernel, int inputs, int block, int blocks, int distance)
    {
        var tables = new TableSet();
        tables.Take(stream.Tables, CodedMatrices.Gaussian(inputs * stream.Columns), inputs);
        var padded = new AlignedMemory(stream.Tables.PaddedColumns * sizeof(float));
        for (var input = 0; input < inputs; input++)
        {
            tables.Normalise(input, (float*)padded.Start);
            tables.Build(input, (float*)padded.Start, 0, stream.Tables.Segments);
        }

        var sums = new float[inputs * blocks * PrepackedLayout.BlockRows];
        fixed (float* place = sums)
        {
            var arguments = new KernelArguments
            {
                Weights = stream.Start + (block * stream.BlockBytes),
                Tables = tables.Tables,
                TableScales = tables.Scales,
                Sums = place,
                Inputs = inputs,
                Blocks = blocks,
                BlockDistance = (nint)(distance * stream.BlockBytes),
            };
            stream.Fill(ref arguments);
            kernel(in arguments);
        }

        GC.KeepAlive(stream);
        GC.KeepAlive(tables);
        return sums;
    }

    private static unsafe AlignedMemory Copy(PrepackedWeights stream)
    {
        var memory = new AlignedMemory(stream.Bytes);
        Buffer.MemoryCopy(stream.Start, memory.Start, stream.Bytes, stream.Bytes);
        return memory;
    }

    private static void AssertAgrees(NestedMatrix matrix, KernelPath path, KernelPrecision precision, float[]? input = null)
    {
        var packed = PackedMatrix.Create(matrix, path, precision);
        var isLookedUp = path != KernelPath.Scalar && precision != KernelPrecision.Exact && NestedColumns.Of(matrix).PaddedColumns <= Math.Max(64, 2 * matrix.Columns);
        Assert.Equal(isLookedUp, packed is LookUpMatrix { Joinable: PrepackedNested });
        Assert.Equal(path, packed.Path);
        AssertAgrees(matrix, packed, precision, input);
    }

    private static void AssertAgrees(NestedMatrix matrix, PackedMatrix packed, KernelPrecision precision, float[]? input = null)
    {
        var batch = input is null ? 3 : 1;
        var x = input ?? CodedMatrices.Gaussian(batch * matrix.Columns);
        var y = new float[batch * matrix.Rows];
        packed.Multiply(x, y, batch);
        // Sums of inputs that follow the signs are not what random signs give, but so many times as large.
        var likely = input is null ? 1 : Math.Sqrt(matrix.Columns);
        var error = new ProductOracle(matrix, x, batch).RelativeError(y) / likely;
        Assert.True(
            error <= KernelCases.Bound(packed.Path, precision),
            $"error {error:e2} for {precision}, {matrix.Bits} bits, {matrix.Table.IndexBits} index bits, [{matrix.Rows}, {matrix.Columns}], super-blocks of {matrix.SuperColumns}");
        AssertDecodes(matrix, packed);
    }

    private static void AssertDecodes(NestedMatrix matrix, PackedMatrix packed)
    {
        var (expected, actual) = (new float[matrix.Columns], new float[matrix.Columns]);
        for (var row = 0; row < matrix.Rows; row++)
        {
            matrix.DecodeRow(row, expected);
            packed.DecodeRow(row, actual);
            Assert.True(expected.AsSpan().SequenceEqual(actual), $"row {row}");
        }
    }
}
