using Reparam.Benchmarks.Figures;
using Reparam.Checkpoints;
using Reparam.Compression.Calibration;
using Reparam.Compression.Methods;
using Reparam.Compression.Uniform;

namespace Reparam.Compression.Tests.Uniform;

/// <summary>Errors on inputs that the coder has not seen, against the published algorithm in double precision.</summary>
public class UniformAccuracy_Tests
{
    private const double Tolerance = 0.02;

    // The largest weight of a symmetric grid lies in the middle between two integers, and the published rounding takes the lower one for either sign: an
    // error that all groups have in common. Here the stored scale decides, so the error of outputs may be smaller.
    private const double SymmetricLuck = 0.06;

    public static TheoryData<string, int, int, bool> Random => new()
    {
        { "gaussian", 4, 128, false },
        { "heavy", 4, 128, false },
        { "gaussian", 4, 128, true },
        { "heavy", 3, 64, false },
        { "gaussian", 2, 32, false },
        { "gaussian", 5, 0, true },
        { "gaussian", 8, 0, false },
        { "heavy", 6, 16, true },
        { "heavy", 7, 0, false },
    };

    [Theory]
    [MemberData(nameof(Random))]
    public void Random_matrices_have_the_published_error(string kind, int bits, int groupSize, bool symmetric)
    {
        // The last group of 16, 32, 64 or 128 is not whole.
        const int Rows = 64;
        const int Columns = 328;
        var weights = kind == "heavy" ? FigureWeights.HeavyTailed(Rows, Columns, 11) : FigureWeights.Gaussian(Rows, Columns, 12);
        Check(weights, Rows, Columns, bits, groupSize, symmetric);
    }

    [Theory]
    [InlineData("layers.0.attention.wq.weight", 32, false)]
    [InlineData("layers.3.feed_forward.w2.weight", 128, false)]
    [InlineData("layers.4.feed_forward.w1.weight", 128, false)]
    [InlineData("tok_embeddings.weight", 32, true)]
    public void Trained_matrices_have_the_published_error(string tensor, int groupSize, bool symmetric)
    {
        using var checkpoint = Checkpoint.Open(Path.Combine(Repository.Root, "samples", "StoryTeller", "assets", "stories260k.safetensors"));
        var shape = checkpoint.Info(tensor).Shape;
        Check(checkpoint.ReadSingles(tensor), (int)shape[0], (int)shape[1], 4, groupSize, symmetric);
    }

    [Fact]
    public void Act_order_on_grids_chosen_beforehand_has_the_published_error()
    {
        var weights = FigureWeights.Gaussian(64, 328, 5);
        var (known, fresh) = Moments(328);
        var published = new PublishedGptq(3, 64, isSymmetric: false).WithFeedback(weights, known.Values.Span, 328, actOrder: true);
        var own = Encode(weights, 64, 328, new UniformAttribute(3) { GroupSize = 64, ActOrder = true }, known);
        AssertSame(OutputError.Relative(weights, published, fresh), OutputError.Relative(weights, own.Matrix.Decode(), fresh));

        // In another order than that of the columns the errors are others.
        Assert.NotEqual(Encode(weights, 64, 328, new UniformAttribute(3) { GroupSize = 64 }, known).Matrix.Decode(), own.Matrix.Decode());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Inputs_that_are_always_zero_do_not_widen_a_grid(bool actOrder)
    {
        // Every fifth input is never there, and its weights are the largest.
        var weights = FigureWeights.HeavyTailed(48, 264, 7);
        var (known, fresh) = (Moments(264).Known.Values.ToArray(), Moments(264).Fresh.Values.ToArray());
        for (var i = 0; i < known.Length; i++)
        {
            (known[i], fresh[i]) = i / 264 % 5 == 0 || i % 264 % 5 == 0 ? (0, 0) : (known[i], fresh[i]);
        }

        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] *= i % 264 % 5 == 0 ? 4 : 1;
        }

        var moments = new Gram(264, fresh, 1024);
        var options = new UniformAttribute(4) { ActOrder = actOrder };
        var own = Encode(weights, 48, 264, options, new Gram(264, known, 1024)).Matrix.Decode();
        var published = new PublishedGptq(4, 128, isSymmetric: false).WithFeedback(weights, known, 264, actOrder);
        AssertSame(OutputError.Relative(weights, published, moments), OutputError.Relative(weights, own, moments));

        // The published code sets such weights to 0. Here they are what the grid has nearest to them.
        Assert.True(WeightError(weights, own) < 0.8 * WeightError(weights, published));
    }

    [Fact]
    public void Feedback_halves_the_error_of_correlated_inputs()
    {
        var weights = FigureWeights.Gaussian(64, 256, 2);
        var (known, fresh) = Moments(256);
        var nearest = Encode(weights, 64, 256, new UniformAttribute(4) { Rounding = UniformRounding.Nearest }, known).Matrix.Decode();
        var feedback = Encode(weights, 64, 256, new UniformAttribute(4), known).Matrix.Decode();
        Assert.True(OutputError.Relative(weights, feedback, fresh) < 0.6 * OutputError.Relative(weights, nearest, fresh));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_searched_range_lowers_the_error(bool symmetric)
    {
        var weights = FigureWeights.HeavyTailed(32, 256, 3);
        var (known, fresh) = Moments(256);
        foreach (var bits in (int[])[2, 3, 4])
        {
            var plain = new UniformAttribute(bits) { Symmetric = symmetric, Rounding = UniformRounding.Nearest };
            var searched = new UniformAttribute(bits) { Symmetric = symmetric, Rounding = UniformRounding.Nearest, ClipSearch = true };
            Assert.True(Encode(weights, 32, 256, searched, null).SquaredError < 0.9 * Encode(weights, 32, 256, plain, null).SquaredError);

            // With calibration it is the weighted error that falls.
            Assert.True(Weighted(Encode(weights, 32, 256, searched, known)) < Weighted(Encode(weights, 32, 256, searched, null)));
            Assert.True(OutputError.Relative(weights, Encode(weights, 32, 256, searched, known).Matrix.Decode(), fresh)
                < OutputError.Relative(weights, Encode(weights, 32, 256, plain, known).Matrix.Decode(), fresh));
        }

        double Weighted(CodedLayer layer)
        {
            var decoded = layer.Matrix.Decode();
            return decoded.Select((value, i) => known.Values.Span[i % 256 * 257] * Math.Pow((double)value - weights[i], 2)).Sum();
        }
    }

    [Fact]
    public void A_searched_range_is_never_worse_than_the_whole_one()
    {
        foreach (var bits in (int[])[2, 3, 4, 6, 8])
        {
            foreach (var symmetric in (bool[])[false, true])
            {
                var weights = FigureWeights.Gaussian(9, 72, bits);
                var plain = new UniformAttribute(bits) { GroupSize = 32, Symmetric = symmetric };
                var searched = new UniformAttribute(bits) { GroupSize = 32, Symmetric = symmetric, ClipSearch = true };
                Assert.True(Encode(weights, 9, 72, searched, null).SquaredError <= Encode(weights, 9, 72, plain, null).SquaredError * (1 + 1e-6));
            }
        }
    }

    private static void Check(float[] weights, int rows, int columns, int bits, int groupSize, bool symmetric)
    {
        var (known, fresh) = Moments(columns);
        var group = groupSize >= columns ? 0 : groupSize;
        var published = new PublishedGptq(bits, group, symmetric);
        var nearest = new UniformAttribute(bits) { GroupSize = groupSize, Symmetric = symmetric, Rounding = UniformRounding.Nearest };
        var coded = Encode(weights, rows, columns, nearest, known).Matrix.Decode();
        var expected = published.Nearest(weights, columns);
        var luck = symmetric ? SymmetricLuck : Tolerance;
        AssertSame(OutputError.Relative(weights, expected, fresh), OutputError.Relative(weights, coded, fresh), luck);
        AssertSame(WeightError(weights, expected), WeightError(weights, coded));

        var feedback = new UniformAttribute(bits) { GroupSize = groupSize, Symmetric = symmetric };
        AssertSame(
            OutputError.Relative(weights, published.WithFeedback(weights, known.Values.Span, columns, actOrder: false), fresh),
            OutputError.Relative(weights, Encode(weights, rows, columns, feedback, known).Matrix.Decode(), fresh),
            luck);
    }

    private static void AssertSame(double expected, double found, double better = Tolerance) => Assert.InRange(found / expected, 1 - better, 1 + Tolerance);

    private static double WeightError(float[] weights, float[] decoded) =>
        Math.Sqrt(weights.Zip(decoded).Sum(static pair => Math.Pow((double)pair.First - pair.Second, 2)));

    private static (Gram Known, Gram Fresh) Moments(int columns)
    {
        var inputs = new FigureInputs(columns, 1);
        return (FigureInputs.Gram(inputs.Draw(1024, 2), columns), FigureInputs.Gram(inputs.Draw(1024, 3), columns));
    }

    private static CodedLayer Encode(float[] weights, int rows, int columns, MethodOptions options, Gram? gram) =>
        UniformCoder.Encode(new LayerJob("w", weights, rows, columns, options, gram is null ? null : new LayerCalibration(gram)));
}
