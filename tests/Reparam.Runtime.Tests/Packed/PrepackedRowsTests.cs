using System.Numerics;
using System.Runtime.InteropServices;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.Tests.Packed;

public class PrepackedRowsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public unsafe void A_chunk_is_a_permutation_of_its_code_words(bool rowsInDwords)
    {
        var random = new Random(3);
        var words = new uint[PrepackedLayout.BlockRows];
        var chunk = new byte[PrepackedLayout.ChunkBytes];
        random.NextBytes(MemoryMarshal.AsBytes(words.AsSpan()));
        fixed (uint* source = words)
        fixed (byte* destination = chunk)
        {
            ChunkCodes.Write(source, destination, rowsInDwords);
        }

        Assert.Equal(words, Enumerable.Range(0, words.Length).Select(row => ChunkCodes.Read(chunk, row, rowsInDwords)));
        Assert.Equal(words.Sum(word => BitOperations.PopCount(word)), chunk.Sum(pair => BitOperations.PopCount(pair)));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 2)]
    [InlineData(false, 0)]
    [InlineData(false, 3)]
    public void Every_weight_comes_back_from_the_stream_bit_for_bit(bool rowsInDwords, int scaleTerms)
    {
        foreach (var groupSize in KernelCases.GroupSizes)
        {
            foreach (var columns in (int[])[1, 16, 31, 33, 64, 100, 128, 129, 160, 257, 288])
            {
                foreach (var rows in (int[])[1, 15, 16, 17, 40])
                {
                    var matrix = CodedMatrices.Random(rows, columns, 1 + columns % 4, groupSize, scaleTerms, scaleExponent: -3);
                    AssertDecodes(matrix, Stream(matrix, rowsInDwords).DecodeRow);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.Paths), MemberType = typeof(KernelCases))]
    public void A_matrix_that_is_repacked_by_several_threads_decodes_bit_for_bit(KernelPath path)
    {
        var matrix = CodedMatrices.Random(1030, 2100, 4, 64);
        AssertDecodes(matrix, PackedMatrix.Create(matrix, path).DecodeRow);
    }

    [Fact]
    public void Scales_that_fit_a_half_are_kept_as_halves()
    {
        Assert.False(Stream(CodedMatrices.Random(16, 64, 2, 32)).Layout.FloatScales);

        byte[] fits = [BinaryCodedMatrix.EncodeTerm(false, 0), BinaryCodedMatrix.EncodeTerm(true, -10)];
        byte[] tooLong = [BinaryCodedMatrix.EncodeTerm(false, 0), BinaryCodedMatrix.EncodeTerm(true, -12)];
        byte[] negative = [BinaryCodedMatrix.EncodeTerm(true, 0), 0];
        Assert.False(Stream(OneScale(fits)).Layout.FloatScales);
        Assert.True(Stream(OneScale(tooLong)).Layout.FloatScales);
        Assert.True(Stream(OneScale(negative)).Layout.FloatScales);
    }

    [Theory]
    [InlineData(128, 4096, 4)]
    [InlineData(64, 4096, 2)]
    [InlineData(0, 4096, 4)]
    [InlineData(32, 4096, 1)]
    [InlineData(16, 4096, 1)]
    [InlineData(160, 320, 3)]
    public void Groups_of_whole_chunks_are_not_padded_beyond_a_segment(int groupSize, int columns, int chunks)
    {
        var layout = new PrepackedLayout(16, columns, 1, groupSize == 0 ? columns : groupSize, rowsInDwords: true, floatScales: false);
        Assert.Equal(chunks, layout.Chunks);
        Assert.InRange(layout.PaddedColumns, columns, columns * 6 / 5);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_scale_that_is_not_finite_is_refused(float scale)
    {
        var matrix = new BinaryCodedMatrix(1, 32, 1, 0, 0, new uint[1], new[] { (Half)scale });
        foreach (var path in KernelCases.SupportedPaths)
        {
            var error = Assert.Throws<ArgumentException>(() => PackedMatrix.Create(matrix, path));
            Assert.Contains("row 0, group 0, bit 0", error.Message, StringComparison.Ordinal);
        }
    }

    private static BinaryCodedMatrix OneScale(byte[] terms) =>
        new(1, 32, 1, 0, 0, new uint[1], default, terms, terms.Length);

    private delegate void Decode(int row, Span<float> destination);

    private static void AssertDecodes(BinaryCodedMatrix matrix, Decode decode)
    {
        var expected = new float[matrix.Columns];
        var actual = new float[matrix.Columns];
        for (var row = 0; row < matrix.Rows; row++)
        {
            matrix.DecodeRow(row, expected);
            decode(row, actual);
            Assert.True(expected.AsSpan().SequenceEqual(actual), $"row {row} of [{matrix.Rows}, {matrix.Columns}], groups of {matrix.GroupSize}");
        }
    }

    private static PrepackedRows Stream(BinaryCodedMatrix matrix, bool rowsInDwords = true) =>
        new(matrix, rowsInDwords ? KernelPath.Avx512 : KernelPath.Vector128, KernelPrecision.Default);
}
