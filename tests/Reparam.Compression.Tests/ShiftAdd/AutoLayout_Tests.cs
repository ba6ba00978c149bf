using Reparam.Benchmarks.Figures;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.ShiftAdd;
using Reparam.Compression.Tests.ShiftAdd.Binary;
using AskedLayout = Reparam.ShiftAddLayout;

namespace Reparam.Compression.Tests.ShiftAdd;

/// <summary>The layout auto.</summary>
public class AutoLayout_Tests
{
    [Theory]
    [InlineData(true, 3, 128, 0)]
    [InlineData(true, 2, 16, 2)]
    [InlineData(false, 3, 128, 0)]
    [InlineData(false, 4, 100, 0)]
    public void The_best_of_what_fits_is_kept(bool calibrated, int bits, int groupSize, int terms)
    {
        var layer = TestLayer.Correlated(64, 256, 4);
        var options = new ShiftAddAttribute(bits) { GroupSize = groupSize, ScaleTerms = terms };
        CodedLayer Code(AskedLayout layout) => layer.Code(options.With(o => o.Layout = layout), calibrated);

        var row = Code(AskedLayout.Row);
        var found = Code(AskedLayout.Auto);

        var candidates = new[] { AskedLayout.Row, AskedLayout.Column, AskedLayout.Block8, AskedLayout.Nested }
            .Where(layout => layout != AskedLayout.Block8 || groupSize % 8 == 0)
            .Select(Code)
            .Where(coded => Bytes(coded) <= 1.05 * Bytes(row))
            .ToArray();
        Assert.Equal(candidates.Min(Error), Error(found));
        Assert.InRange(Bytes(found), 1, 1.05 * Bytes(row));
    }

    [Fact]
    public void A_layout_that_takes_more_space_is_not_taken()
    {
        // One row: a column's or a block's scales serve one weight or eight.
        var layer = TestLayer.Correlated(1, 128, 4);

        Assert.Equal("row", layer.Code(new ShiftAddAttribute(2) { Layout = AskedLayout.Auto, GroupSize = 64 }).Matrix.Format.Name);
    }

    private static double Bytes(CodedLayer coded) => coded.Matrix.StoredBytes + coded.Matrix.TableBytes;

    private static double Error(CodedLayer coded) => coded.SquaredOutputError ?? coded.SquaredError;
}
