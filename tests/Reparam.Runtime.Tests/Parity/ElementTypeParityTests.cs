using Reparam.Runtime;
using TorchSharp;

namespace Reparam.Runtime.Tests.Parity;

/// <summary>Every method of the tensor that takes nothing, one tensor or two, on every element type: values, types and refusals are TorchSharp's.</summary>
public class ElementTypeParityTests
{
    private static readonly torch.ScalarType[] Types =
    [
        torch.float32, torch.int64, torch.@bool, torch.float64, torch.float16, torch.bfloat16, torch.int32, torch.int16, torch.int8, torch.uint8,
    ];

    // What has no values to compare, answers for the machine, or goes on purpose beyond TorchSharp: a refusal there, a result here.
    private static readonly HashSet<string> Apart =
    [
        "rrelu", "rrelu_", "bernoulli", "cuda", "mps", "pin_memory", "alias", "cfloat", "cdouble", "real", "imag", "conj", "conj_physical", "conj_physical_",
        "resolve_conj", "angle", "view_as_complex", "view_as_real", "MoveToOuterDisposeScope", "DetachFromDisposeScope", "DetatchFromDisposeScope", "H", "mH",
        "MoveToOtherDisposeScope", "empty_like", "where", "t", "index_put_", "adjoint", "zeros_like", "ones_like", "to_dense", "resolve_neg", "requires_grad_",
        "with_requires_grad", "lgamma_", "nanmean", "median", "nanmedian", "bucketize", "tensordot", "histc", "trace", "isin", "take_along_dim", "erfinv",

        // Random numbers, and functions of matrices: RandomParityTests and MatrixParityTests.
        "rand_like", "randn_like", "normal_", "log_normal_", "exponential_", "cauchy_", "bernoulli_", "poisson", "det", "inverse", "logdet", "matrix_exp",
        "pinverse", "cholesky", "cholesky_inverse", "cholesky_solve", "cov", "corrcoef", "vander", "stft", "istft",

        // Given a tensor of another type, TorchSharp's reads its memory as its own type; the run time's refuses.
        "set_",

        // Products: Products_of_shapes_that_fit_agree.
        "matmul", "mm", "bmm", "mv", "dot", "inner", "vdot", "kron", "outer", "ger",
    ];

    public static TheoryData<string> Unary => [.. BothSides.Names(0).Where(name => !Apart.Contains(name))];

    public static TheoryData<string> Binary => [.. BothSides.Names(1).Where(name => !Apart.Contains(name))];

    [Theory]
    [MemberData(nameof(Unary))]
    public void Methods_of_one_tensor_agree(string name)
    {
        foreach (var type in Types)
        {
            foreach (var pair in Inputs(type, 1))
            {
                Same(name, pair);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Binary))]
    public void Methods_of_two_tensors_agree(string name)
    {
        foreach (var type in Types)
        {
            Same(name, Input(type, [2, 3], 1), Input(type, [2, 3], 2));
            Same(name, Input(type, [2, 3], 3), Input(type, [3], 4));
            Same(name, Input(type, [3], 5), Input(type, [3], 6));
            Same(name, Input(type, [3], 5), Input(torch.float32, [3], 6));
            Same(name, Input(type, [2, 3], 5), Input(torch.int64, [], 6));
            Same(name, Input(type, [], 7), Input(torch.float16, [2], 8));
            Same(name, Input(type, [2, 0], 7), Input(type, [1, 1], 8));
        }
    }

    [Fact]
    public void Every_type_becomes_every_other()
    {
        foreach (var from in Types)
        {
            foreach (var to in Types)
            {
                BothSides.Same("to_type", 0, 0, Input(from, [3, 5], 1), to);
                BothSides.Same("promote_types", 0, 0, from, to);
                BothSides.Same("can_cast", 0, 0, from, to);
                foreach (var (a, b) in new (long[], long[])[] { ([], [2]), ([2], []), ([], []) })
                {
                    BothSides.Same("result_type", 0, 0, Input(from, a, 1), Input(to, b, 1));
                }
            }
        }
    }

    [Fact]
    public void Numbers_do_not_widen_tensors_of_their_kind()
    {
        foreach (var type in Types)
        {
            var x = Input(type, [2, 3], 9);
            foreach (var name in new[] { "add", "sub", "mul", "div", "fmod", "remainder", "pow", "eq", "lt", "ge", "clamp_min", "clamp_max", "xlogy", "floor_divide", "add_", "mul_" })
            {
                foreach (var number in new object[] { 2, 0.5, 3L, 0.1f, true })
                {
                    Same(name, Copy(x), number);
                }
            }
        }
    }

    /// <summary>
    /// TorchSharp does not catch what libtorch throws in some products: the process ends. So it is asked for products that exist only.
    /// </summary>
    [Fact]
    public void Products_of_shapes_that_fit_agree()
    {
        foreach (var type in Types.Where(type => type != torch.@bool))
        {
            foreach (var (left, right) in new (long[], long[])[]
                { ([2, 3], [3, 4]), ([3], [3]), ([2, 3], [3]), ([3], [3, 2]), ([2, 2, 3], [3, 4]), ([2, 1, 2, 3], [3, 3, 2]), ([2, 0], [0, 3]) })
            {
                Same("matmul", Input(type, left, 1), Input(type, right, 2));
            }

            Same("mm", Input(type, [2, 3], 3), Input(type, [3, 4], 4));
            Same("bmm", Input(type, [2, 2, 3], 3), Input(type, [2, 3, 4], 4));
            Same("mv", Input(type, [2, 3], 3), Input(type, [3], 4));
            Same("inner", Input(type, [2, 3], 3), Input(type, [4, 3], 4));
            Same("kron", Input(type, [2, 3], 3), Input(type, [4, 2], 4));
            foreach (var name in new[] { "dot", "vdot", "inner", "outer", "ger" })
            {
                Same(name, Input(type, [5], 3), Input(type, [5], 4));
            }
        }
    }

    [Theory]
    [InlineData("matmul", new long[] { 2, 3 }, new long[] { 2, 3 })]
    [InlineData("matmul", new long[] { 3 }, new long[] { 4 })]
    [InlineData("matmul", new long[] { }, new long[] { 3 })]
    [InlineData("matmul", new long[] { 2, 2, 3 }, new long[] { 3, 3, 2 })]
    [InlineData("mm", new long[] { 3 }, new long[] { 3, 2 })]
    [InlineData("bmm", new long[] { 2, 2, 3 }, new long[] { 3, 3, 2 })]
    [InlineData("mv", new long[] { 2, 3 }, new long[] { 2 })]
    [InlineData("dot", new long[] { 2, 3 }, new long[] { 3 })]
    [InlineData("dot", new long[] { 2 }, new long[] { 3 })]
    [InlineData("vdot", new long[] { 2 }, new long[] { 3 })]
    [InlineData("inner", new long[] { 2, 3 }, new long[] { 4, 2 })]
    [InlineData("outer", new long[] { 2, 3 }, new long[] { 4 })]
    [InlineData("ger", new long[] { }, new long[] { 4 })]
    public void Products_of_shapes_that_do_not_fit_are_refused_with_the_shapes(string name, long[] left, long[] right)
    {
        var method = typeof(Tensor).GetMethods().Single(m => m.GetParameters() is [{ ParameterType: var type }] && type == typeof(Tensor)
            && m.GetCustomAttributes(typeof(CounterpartAttribute), false) is [CounterpartAttribute counterpart] && counterpart.Name == name);
        var error = Assert.Throws<System.Reflection.TargetInvocationException>(() => method.Invoke(Torch.Zeros(left), [Torch.Zeros(right)]));
        Assert.IsType<ArgumentException>(error.InnerException);
        Assert.Contains($"[{string.Join(", ", left)}]", error.InnerException!.Message, StringComparison.Ordinal);
        Assert.Contains($"[{string.Join(", ", right)}]", error.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Products_of_two_types_are_refused() =>
        Assert.Throws<InvalidOperationException>(() => Torch.Zeros(2, 2).Matmul(Torch.Zeros(2, 2, DType.Float64)));

    private static void Same(string name, Pair x, params object[] rest)
    {
        var exact = x.Theirs.dtype is torch.ScalarType.Float64;
        BothSides.Same(name, exact ? 1e-12 : 4e-6, exact ? 1e-12 : 1e-6, [Copy(x), .. rest]);
    }

    private static Pair Copy(Pair pair) => pair.Map(t => t.clone(), t => t.Clone());

    private static IEnumerable<Pair> Inputs(torch.ScalarType type, int seed)
    {
        yield return Input(type, [], seed);
        yield return Input(type, [7], seed + 1);
        yield return Input(type, [3, 5], seed + 2);
        yield return Input(type, [0], seed + 3);
        yield return Input(type, [4, 3], seed + 4).Map(t => t.transpose(0, 1), t => t.Transpose(0, 1));
        yield return Input(type, [2, 3, 4], seed + 5).Map(t => t.slice(2, 1, 4, 2), t => t.Slice(2, 1, 4, 2));
    }

    private static Pair Input(torch.ScalarType type, long[] shape, int seed)
    {
        var pair = torch.is_floating_point(type) ? Pair.Floats(shape, seed, scale: 2) : Pair.Integers(shape, seed, type == torch.uint8 ? 0 : -4, 6);
        return pair.Map(t => t.to_type(type), t => t.ToType(Enum.Parse<DType>(type.ToString())));
    }
}
