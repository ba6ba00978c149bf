using Reparam.Benchmarks.Figures;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Calibration;
using Reparam.Compression.ShiftAdd;

namespace Reparam.Compression.Tests.ShiftAdd.Binary;

/// <summary>A matrix, second moments of inputs, and sums over them in double precision.</summary>
internal sealed record TestLayer(float[] Weights, int Rows, int Columns, Gram Gram)
{
    public LayerCalibration Calibration => new(Gram);

    public static TestLayer Correlated(int rows, int columns, int seed, bool heavy = false, int tokens = FigureInputs.Tokens) => new(
        heavy ? FigureWeights.HeavyTailed(rows, columns, seed) : FigureWeights.Gaussian(rows, columns, seed), rows, columns,
        FigureInputs.Gram(new FigureInputs(columns, seed).Draw(tokens, seed + 1), columns));

    public static Gram Unit(int columns, float value = 1)
    {
        var values = new float[columns * columns];
        for (var k = 0; k < columns; k++)
        {
            values[k * columns + k] = value;
        }

        return new Gram(columns, values, 1);
    }

    public CodedLayer Code(ShiftAddAttribute options, bool calibrated = true, int threads = 1) =>
        ShiftAddCoder.Encode(Weights, Rows, Columns, options, calibrated ? Calibration : null, threads: threads);

    /// <summary>Σ (w − q)ᵀ·H·(w − q).</summary>
    public double SquaredOutputError(CodedMatrix matrix)
    {
        var decoded = matrix.Decode();
        return Quadratic(Weights.Zip(decoded, (w, q) => (double)w - q).ToArray());
    }

    /// <summary>Σ wᵀ·H·w.</summary>
    public double SquaredOutputNorm() => Quadratic([.. Weights.Select(w => (double)w)]);

    public double RelativeOutputError(CodedMatrix matrix) => Math.Sqrt(SquaredOutputError(matrix) / SquaredOutputNorm());

    private double Quadratic(double[] d)
    {
        var h = Gram.Values.ToArray();
        var sum = 0.0;
        for (var row = 0; row < d.Length; row += Columns)
        {
            for (var i = 0; i < Columns; i++)
            {
                var product = 0.0;
                for (var j = 0; j < Columns; j++)
                {
                    product += (double)h[i * Columns + j] * d[row + j];
                }

                sum += product * d[row + i];
            }
        }

        return sum;
    }
}
