using Reparam.Runtime.LookUp;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.Tests.Packed;

public unsafe class SignedSumTablesTests
{
    [Theory]
    [InlineData(true, KernelPrecision.Default)]
    [InlineData(true, KernelPrecision.Fast)]
    [InlineData(false, KernelPrecision.Default)]
    [InlineData(false, KernelPrecision.Fast)]
    internal void Entries_are_the_signed_sums_by_their_definition(bool rowsInDwords, KernelPrecision precision)
    {
        foreach (var groupSize in (int[])[16, 32, 64, 96, 128])
        {
            const int Columns = 4 * 96;
            var layout = new PrepackedLayout(16, Columns, 1, groupSize, rowsInDwords, floatScales: true);
            var plan = new SignedSumTables(layout, precision);
            var padded = new AlignedMemory(plan.PaddedColumns * sizeof(float));
            var tables = new AlignedMemory(plan.Segments * plan.SegmentBytes);
            var scales = new float[plan.Segments];
            plan.Normalise(CodedMatrices.Gaussian(Columns), new Span<float>(padded.Start, plan.PaddedColumns), out _);
            fixed (float* place = scales)
            {
                plan.Build((float*)padded.Start, 0, plan.Segments, tables.Start, place, 1);
            }

            for (var quad = 0; quad < plan.PaddedColumns / 4; quad++)
            {
                var segment = quad / (layout.SegmentColumns / 4);
                for (var entry = 0; entry < 16; entry++)
                {
                    var x = new ReadOnlySpan<float>((float*)padded.Start + (4 * quad), 4);
                    var sum = 0.0;
                    for (var j = 0; j < 4; j++)
                    {
                        sum += ((entry >> j) & 1) != 0 ? x[j] : -x[j];
                    }

                    Assert.InRange(Entry(tables, layout, precision, quad, entry) * (double)scales[segment] - sum, -0.51 * scales[segment], 0.51 * scales[segment]);
                }
            }

            GC.KeepAlive(padded);
        }
    }

    // The layout that the kernels rely on: [quads of a half chunk][plane: high bytes, then low bytes][4 quads][16].
    private static int Entry(AlignedMemory tables, PrepackedLayout layout, KernelPrecision precision, int quad, int entry)
    {
        var planes = precision == KernelPrecision.Fast ? 1 : 2;
        var place = tables.Start + (((quad / 4 * planes * 4) + (quad % 4)) * 16) + entry;
        var top = layout.RowsInDwords ? (sbyte)*place : *place - 128;
        return planes == 1 ? top : (256 * top) + place[64];
    }
}
