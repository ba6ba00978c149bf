using Reparam.Checkpoints.Packed;
using Reparam.Runtime.LookUp;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.Tests.Packed;

public class PrepackedCodebookTests
{
    /// <summary>Strides, spans and their number at both ends of what the format allows.</summary>
    private static readonly string[] StageLists =
    [
        "4:4", "4:32", "4:4,4:8,8:16", "4:8,8:8,16:16,32:32", "4:4,4:4,4:16,16:16,32:32", "4:32,4:32,4:32,4:32,8:32,8:24,16:32,32:32", "4:12,8:8,8:16,16:32", "4:20,4:28,32:32",
    ];

    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Any_stages_and_any_super_block_agree_with_the_float64_sum(KernelPath path, KernelPrecision precision)
    {
        foreach (var list in StageLists)
        {
            var stages = Stages(list);
            foreach (var superColumns in (int[])[32, 64, 96, 160, 512, 1024])
            {
                foreach (var columns in (int[])[1, 3, 31, 97, 160, 257, 600])
                {
                    var matrix = CodedMatrices.Codebook(21, columns, stages, 1 + (columns % 3), superColumns, -3, new Random(columns));
                    var packed = PackedMatrix.Create(matrix, path, precision);
                    var x = CodedMatrices.Gaussian(2 * columns);
                    var y = new float[2 * 21];
                    packed.Multiply(x, y, 2);
                    var error = new ProductOracle(matrix, x, 2).RelativeError(y);
                    Assert.True(error <= KernelCases.Bound(path, precision), $"error {error:e2} for {precision}, stages {list}, {columns} columns, super-blocks of {superColumns}");
                    AssertDecodes(matrix, packed);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Super_blocks_narrower_than_a_chunk_agree_with_the_float64_sum(KernelPath path, KernelPrecision precision)
    {
        foreach (var (list, superColumns) in ((string, int)[])[("4:4", 4), ("4:8", 8), ("4:4,4:16", 8), ("4:32,8:16", 16)])
        {
            var matrix = CodedMatrices.Codebook(19, 203, Stages(list), 3, superColumns, 0, new Random(superColumns));
            var packed = PackedMatrix.Create(matrix, path, precision);
            var x = CodedMatrices.Gaussian(203);
            var y = new float[19];
            packed.Multiply(x, y, 1);
            Assert.InRange(new ProductOracle(matrix, x, 1).RelativeError(y), 0, KernelCases.Bound(path, precision));
            AssertDecodes(matrix, packed);
        }
    }

    [Theory]
    [MemberData(nameof(KernelCases.VectorPathsAndPrecisions), MemberType = typeof(KernelCases))]
    public void Super_scales_at_the_ends_of_their_range_count_in_full(KernelPath path, KernelPrecision precision)
    {
        foreach (var scale in (Half[])[Half.Epsilon, (Half)5e-5, Half.MaxValue, Half.Zero, (Half)(-1.5)])
        {
            var random = CodedMatrices.Codebook(20, 300, Stages("4:4,4:8,8:16"), 1, 160, 0, new Random(1));
            var matrix = new CodebookMatrix(20, 300, random.Set, 1, 160, 0, random.Indices, Enumerable.Repeat(scale, random.SuperScales.Length).ToArray());
            var packed = PackedMatrix.Create(matrix, path, precision);
            var x = CodedMatrices.Gaussian(300);
            var y = new float[20];
            packed.Multiply(x, y, 1);
            Assert.InRange(new ProductOracle(matrix, x, 1).RelativeError(y), 0, KernelCases.Bound(path, precision));
            AssertDecodes(matrix, packed);
        }
    }

    [Fact]
    public void Matrices_with_the_same_vectors_share_their_tables()
    {
        var first = CodedMatrices.Codebook(20, 300, Stages("4:4,4:8,8:16"), 1, 160, 0, new Random(1));
        var set = new CodebookSet(first.Set.Stages, first.Set.Step, first.Set.Entries.ToArray());
        var second = new CodebookMatrix(10, 300, set, 1, 160, 5, first.Indices[..(int)CodebookMatrix.IndexBytes(10, 300, set.Stages)], first.SuperScales[..20]);
        var other = CodedMatrices.Codebook(20, 300, Stages("4:4,4:8,8:16"), 1, 160, 0, new Random(2));
        Assert.Equal(Tables(first), Tables(second));
        Assert.Equal(Tables(first).GetHashCode(), Tables(second).GetHashCode());
        Assert.NotEqual(Tables(first), Tables(other));
        Assert.NotEqual(Tables(first), Tables(first, KernelPrecision.Fast));
    }

    [Fact]
    public void The_running_form_of_the_default_stages_is_the_indices_and_a_scale_a_segment()
    {
        var matrix = CodedMatrices.Codebook(64, 512, Stages("4:4,4:8,8:16"), 1, 512, 0, new Random(1));
        foreach (var path in KernelCases.VectorPaths)
        {
            Assert.Equal(matrix.Indices.Length * 9 / 8, PackedMatrix.Create(matrix, path, KernelPrecision.Default).PrepackedBytes);
        }
    }

    private static CodebookStage[] Stages(string list) =>
        [.. list.Split(',').Select(stage => stage.Split(':').Select(int.Parse).ToArray()).Select(stage => new CodebookStage(stage[0], stage[1]))];

    private static TablePlan Tables(CodebookMatrix matrix, KernelPrecision precision = KernelPrecision.Default) =>
        new PrepackedCodebook(matrix, 0, matrix.Rows, KernelPath.Vector128, precision).Tables;

    private static void AssertDecodes(CodebookMatrix matrix, PackedMatrix packed)
    {
        var expected = new float[matrix.Columns];
        var actual = new float[matrix.Columns];
        for (var row = 0; row < matrix.Rows; row++)
        {
            matrix.DecodeRow(row, expected);
            packed.DecodeRow(row, actual);
            Assert.Equal(expected, actual);
        }
    }
}
