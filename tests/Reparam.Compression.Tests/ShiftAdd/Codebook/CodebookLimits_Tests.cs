using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Calibration;
using Reparam.Compression.ShiftAdd;
using CodingLayout = Reparam.ShiftAddLayout;

namespace Reparam.Compression.Tests.ShiftAdd.Codebook;

/// <summary>Codebooks where the arithmetic comes to its limits.</summary>
public class CodebookLimits_Tests
{
    [Fact]
    public void Inputs_that_depend_on_each_other_give_no_scale_below_zero()
    {
        // All inputs but equal: in single precision H has eigenvalues below zero, and most outputs are its rounding.
        const int Rows = 130, Columns = 40, Tokens = 4;
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var x = new double[Tokens * Columns];
            for (var i = 0; i < x.Length; i++)
            {
                x[i] = i % Columns == 0 ? (random.NextDouble() - 0.5) * 3 : x[i - 1] * (1 + 1e-7 * (random.NextDouble() - 0.5));
            }

            var moments = new float[Columns * Columns];
            for (var i = 0; i < moments.Length; i++)
            {
                moments[i] = (float)(Enumerable.Range(0, Tokens).Sum(token => x[token * Columns + i / Columns] * x[token * Columns + i % Columns]) / Tokens);
            }

            var weights = Enumerable.Range(0, Rows * Columns).Select(_ => random.Next(2) == 0 ? 1f : -1f).ToArray();
            var options = new ShiftAddAttribute(1) { Layout = CodingLayout.Codebook, Quality = CodingQuality.Best };
            var coded = ShiftAddCoder.Encode(weights, Rows, Columns, options, new LayerCalibration(new Gram(Columns, moments, Tokens)), threads: 1);

            // Refuses what is not in canonical form.
            new PackedFileWriter().AddLayer("w", "shiftadd", [Rows, Columns], DType.F32, coded.Matrix);
        }
    }
}
