using Reparam.Benchmarks.Figures;

namespace Reparam.Compression.Tests.ShiftAdd.Binary;

/// <summary>
/// The matrices and inputs of our figures are as hard as those that the authors' code was measured on: the published algorithm has the errors on them that
/// issue and page give it.
/// </summary>
public class PublishedHessianCoding_Tests
{
    [Theory]
    [InlineData("block8", 3, 3, 0.0760, 0.0989)]
    [InlineData("column", 3, 0, 0.0689, 0.0896)]
    [InlineData("column", 2, 0, 0.1340, 0.1770)]
    public void The_generator_is_calibrated(string layout, int bits, int terms, double gaussian, double heavy)
    {
        const int Rows = 256, Columns = 512, Seed = 2;
        var gram = FigureInputs.Gram(new FigureInputs(Columns, Seed).Draw(FigureInputs.Tokens, Seed + 1), Columns);
        double Error(float[] weights) => OutputError.Relative(
            weights, PublishedHessianCoding.Code(weights, Rows, Columns, gram.Values.Span, layout, bits, 128, terms), gram);

        Assert.InRange(Error(FigureWeights.Gaussian(Rows, Columns, Seed)), gaussian * 0.93, gaussian * 1.07);
        Assert.InRange(Error(FigureWeights.HeavyTailed(Rows, Columns, Seed)), heavy * 0.93, heavy * 1.07);
    }
}
