using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.Tests.Packed;

public class EpilogueTests
{
    private const int Batch = 3;

    /// <summary>Every path with a layout that is looked up and one that is decoded.</summary>
    public static TheoryData<KernelPath, string> PathsAndLayouts
    {
        get
        {
            var data = new TheoryData<KernelPath, string>();
            foreach (var path in KernelCases.SupportedPaths)
            {
                data.Add(path, "row");
                data.Add(path, "codebook");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(PathsAndLayouts))]
    public void Activation_gate_and_residual_follow_the_product_in_the_stated_order(KernelPath path, string layout)
    {
        foreach (var rows in (int[])[1, 7, 8, 16, 17, 31, 47])
        {
            var matrix = Matrix(layout, rows, 64);
            var packed = PackedMatrix.Create(matrix, path);
            var (x, bias, gate, residual) = (CodedMatrices.Gaussian(Batch * 64), CodedMatrices.Gaussian(rows), CodedMatrices.Gaussian(Batch * rows, 5), CodedMatrices.Gaussian(Batch * rows, 6));
            var product = new float[Batch * rows];
            packed.Multiply(x, product, Batch, bias);
            foreach (var activation in Enum.GetValues<Activation>())
            {
                var y = new float[Batch * rows];
                packed.Multiply(x, y, Batch, new Epilogue { Bias = bias, Activation = activation, Gate = gate, Residual = residual });
                for (var i = 0; i < y.Length; i++)
                {
                    var expected = (Evaluate(activation, product[i]) * gate[i]) + residual[i];
                    Assert.True(Math.Abs(y[i] - expected) <= 1e-6 * (1 + Math.Abs(product[i])) * (1 + Math.Abs(gate[i])) * (1 + Math.Abs(residual[i])), $"{activation} of {product[i]}: {y[i]}, {expected}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(PathsAndLayouts))]
    public void Gate_and_residual_may_be_the_output(KernelPath path, string layout)
    {
        var packed = PackedMatrix.Create(Matrix(layout, 33, 40), path);
        var (x, other) = (CodedMatrices.Gaussian(Batch * 40), CodedMatrices.Gaussian(Batch * 33, 5));
        var expected = new float[Batch * 33];
        packed.Multiply(x, expected, Batch, new Epilogue { Activation = Activation.SiLU, Gate = other });
        var y = other.ToArray();
        packed.Multiply(x, y, Batch, new Epilogue { Activation = Activation.SiLU, Gate = y });
        Assert.Equal(expected, y);

        packed.Multiply(x, expected, Batch, new Epilogue { Residual = other });
        y = other.ToArray();
        packed.Multiply(x, y, Batch, new Epilogue { Residual = y });
        Assert.Equal(expected, y);
    }

    [Theory]
    [MemberData(nameof(PathsAndLayouts))]
    public void Many_input_rows_take_their_own_gates_and_residuals(KernelPath path, string layout)
    {
        const int Many = 37;
        var packed = PackedMatrix.Create(Matrix(layout, 50, 96), path);
        var (x, gate, residual) = (CodedMatrices.Gaussian(Many * 96), CodedMatrices.Gaussian(Many * 50, 5), CodedMatrices.Gaussian(Many * 50, 6));
        var (y, expected) = (new float[Many * 50], new float[Many * 50]);
        var epilogue = new Epilogue { Activation = Activation.GELUTanh, Gate = gate, Residual = residual };
        packed.Multiply(x, y, Many, epilogue);
        packed.Multiply(x, expected, Many);
        ProductStore.Apply(expected, Many, 50, epilogue);
        Assert.Equal(expected, y);
    }

    [Theory]
    [MemberData(nameof(PathsAndLayouts))]
    public void A_row_that_is_not_finite_stays_so_with_every_activation(KernelPath path, string layout)
    {
        var packed = PackedMatrix.Create(Matrix(layout, 19, 32), path);
        var x = CodedMatrices.Gaussian(2 * 32);
        x[32] = float.PositiveInfinity;
        foreach (var activation in Enum.GetValues<Activation>())
        {
            var y = new float[2 * 19];
            packed.Multiply(x, y, 2, new Epilogue { Activation = activation });
            Assert.All(y[..19], value => Assert.True(float.IsFinite(value)));
            Assert.All(y[19..], value => Assert.True(float.IsNaN(value), $"{activation}: {value}"));
        }
    }

    [Fact]
    public void Lengths_and_overlaps_that_do_not_fit_are_refused_by_name()
    {
        var packed = PackedMatrix.Create(Matrix("row", 20, 16));
        var (x, y) = (new float[16], new float[40]);
        Assert.Equal("gate", Assert.Throws<ArgumentException>(() => packed.Multiply(x, y.AsSpan(0, 20), 1, new Epilogue { Gate = new float[19] })).ParamName);
        Assert.Equal("residual", Assert.Throws<ArgumentException>(() => packed.Multiply(x, y.AsSpan(0, 20), 1, new Epilogue { Residual = new float[21] })).ParamName);
        Assert.Equal("gate", Assert.Throws<ArgumentException>(() => packed.Multiply(x, y.AsSpan(0, 20), 1, new Epilogue { Gate = y.AsSpan(1, 20) })).ParamName);
        Assert.Equal("activation", Assert.Throws<ArgumentOutOfRangeException>(() => packed.Multiply(x, y.AsSpan(0, 20), 1, new Epilogue { Activation = (Activation)9 })).ParamName);
    }

    private static CodedMatrix Matrix(string layout, int rows, int columns) =>
        layout == "row" ? CodedMatrices.Random(rows, columns, 3, 16) : CodedMatrices.Random(layout, rows, columns, 3);

    private static double Evaluate(Activation activation, double x) => activation switch
    {
        Activation.None => x,
        Activation.ReLU => Math.Max(x, 0),
        Activation.SiLU => x / (1 + Math.Exp(-x)),
        Activation.GELU => x * (1 + ErrorFunction(x / Math.Sqrt(2))) / 2,
        _ => x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))) / 2,
    };

    // The Taylor series; beyond 4 the function is 1 to 7 digits.
    private static double ErrorFunction(double x)
    {
        if (Math.Abs(x) > 4)
        {
            return Math.Sign(x);
        }

        var (sum, term) = (0.0, x);
        for (var n = 0; n < 200; n++)
        {
            sum += term / ((2 * n) + 1);
            term *= -x * x / (n + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }
}
