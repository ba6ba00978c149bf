using Reparam.Runtime;
using TorchSharp;
using TheirIndex = TorchSharp.torch.TensorIndex;

namespace Reparam.Runtime.Tests.Parity;

/// <summary>Operations with arguments of their own, by TorchSharp's names.</summary>
public class OperationParityTests
{
    private static readonly Pair Cube = Pair.Floats([2, 3, 4], 1);
    private static readonly Pair Square = Pair.Floats([3, 3], 2);
    private static readonly Pair Ugly = Pair.Floats([4, 5], 3, ugly: true);
    private static readonly Pair Whole = Pair.Integers([3, 4], 4, 0, 9);

    [Fact]
    public void Sums_and_their_kin_agree_over_dimensions_and_types()
    {
        foreach (var pair in new[] { Cube, Typed(Cube, torch.float16), Typed(Cube, torch.float64), Cube.Map(t => t.transpose(0, 2), t => t.Transpose(0, 2)) })
        {
            foreach (var dims in new long[][] { [0], [-1], [0, 2], [2, 1, 0], [] })
            {
                Same("sum", pair, dims, true);
                Same("mean", pair, dims, false);
                Same("var", pair, dims, true, true);
                Same("std", pair, dims, false, false);
                Same("amax", pair, dims, true);
                Same("amin", pair, dims);
                Same("count_nonzero", pair, dims);
            }

            foreach (var dim in new long[] { 0, 1, -1 })
            {
                foreach (var name in new[] { "cumsum", "cumprod", "cummax", "cummin", "logcumsumexp", "argmax", "argmin", "max", "min", "prod", "logsumexp", "softmax", "log_softmax", "std_mean", "var_mean", "mode", "argsort", "sort" })
                {
                    Same(name, pair, dim);
                }

                Same("kthvalue", pair, 2L, dim);
                Same("aminmax", pair, dim, true);
                Same("all", pair, dim, true);
                Same("any", pair, dim);
                Same("sort", pair, dim, true);
                Same("diff", pair, 1L, dim);
                Same("flip", pair, new[] { dim });
                Same("unbind", pair, dim);
                Same("tensor_split", pair, 2L, dim);
                Same("tensor_split", pair, new long[] { 1, 2 }, dim);
            }
        }

        Same("sum", Whole, torch.float64);
        Same("sum", Cube, 0L, true, torch.float64);
        Same("prod", Whole, torch.float32);
        Same("cumsum", Whole, 1L, torch.float32);
        Same("norm", Cube, 1, true, 1.5f);
        Same("norm", Cube, float.PositiveInfinity);
        Same("renorm", Square, 2f, 0L, 0.5f);
        Same("quantile", Cube, Pair.Of([3], [0f, 0.3f, 1f]), 1L, true);
        Same("quantile", Cube, Pair.Of([3], [0f, 0.3f, 1f]), -1L, true);
        Same("nanquantile", Cube, Pair.Of([2], [0.25f, 0.5f]), -1L, false);
        Same("nanquantile", Cube, Pair.Of([2], [0.25f, 0.5f]), -2L, false);
        Same("median", Pair.Floats([9], 5));
        Same("topk", Typed(Cube, torch.float64), 2, -1);
        Same("topk", Whole.Map(t => t * 7, t => t * 7), 1, 0, false);
    }

    [Fact]
    public void What_is_no_number_passes_as_in_TorchSharp()
    {
        foreach (var name in new[] { "max", "min", "argmax", "sum", "mean", "std", "median", "nanmedian", "nansum", "isfinite", "isinf", "isnan", "sign", "trunc", "frac", "relu", "relu6", "hardswish", "nan_to_num", "signbit", "log1p", "expm1", "square" })
        {
            Same(name, Ugly);
        }

        foreach (var name in new[] { "cumsum", "cummax", "cummin", "sort", "argsort", "softmax" })
        {
            Same(name, Ugly, 1L);
        }

        Same("nan_to_num", Ugly, 1.5, 2.0, -3.0);
        Same("clamp", Ugly, -1.0, 0.5);
        Same("isclose", Ugly, Ugly, 1e-5, 1e-8, true);
    }

    [Fact]
    public void Shapes_agree()
    {
        Same("unfold", Cube, 2L, 2L, 1L);
        Same("unfold", Cube, 1L, 2L, 2L);
        Same("roll", Cube, 2L);
        Same("roll", Cube, -1L, 2L);
        Same("roll", Cube, new long[] { 1, -2 }, new long[] { 0, 2 });
        Same("rot90", Cube);
        Same("rot90", Cube, 3L);
        Same("tile", Cube, new long[] { 2, 1, 2 });
        Same("tile", Cube, new long[] { 2 });
        Same("repeat_interleave", Cube, 2L, 1L);
        Same("movedim", Cube, new long[] { 0, 2 }, new long[] { 2, 1 });
        Same("movedim", Cube, 0L, 2L);
        Same("swapaxes", Cube, 0L, -1L);
        Same("diagonal", Cube, 1L, 0L, 2L);
        Same("diagonal", Cube, -1L, 1L, 2L);
        Same("diag", Square, 1L);
        Same("diag", Pair.Floats([3]), -1L);
        Same("diag_embed", Square, 1L, 0L, 2L);
        Same("diagflat", Square, -2L);
        Same("tril", Cube, 1L);
        Same("triu", Whole, -1L);
        Same("as_strided", Cube, new long[] { 2, 2 }, new long[] { 3, 1 }, 1L);
        Same("unflatten", Cube, 2L, new long[] { 2, -1 });
        Same("fliplr", Square);
        Same("chunk", Cube, 3L, 2L);
        Same("split", Cube, 3L, 2);
        Same("hsplit", Cube, 3L);
        Same("vsplit", Cube, new long[] { 1 });
        Same("channel_shuffle", Pair.Floats([1, 4, 3]), 2L);
        Same("squeeze", Pair.Floats([1, 3, 1]));
        Same("squeeze", Pair.Floats([1, 3, 1]), 0L);
        Same("unsqueeze_", Copy(Cube), -1L);
        Same("transpose_", Copy(Cube), 0L, 1L);
        Same("squeeze_", Pair.Floats([1, 3, 1]));
        Same("hstack", (object)new[] { Square, Square });
        Same("vstack", (object)new[] { Square, Pair.Floats([3]) });
        Same("dstack", (object)new[] { Square, Square });
        Same("column_stack", (object)new[] { Square, Pair.Floats([3]) });
        Same("block_diag", (object)new[] { Square, Pair.Floats([2]), Whole });
        Same("cartesian_prod", (object)new[] { Pair.Floats([2]), Pair.Floats([3], 2) });
        Same("combinations", Pair.Floats([4]), 2, true);
        Same("meshgrid", new[] { Pair.Floats([2]), Pair.Floats([3], 2) }, "xy");
        Same("broadcast_tensors", (object)new[] { Square, Pair.Floats([1, 1]) });
        Same("cat", new[] { Square, Typed(Square, torch.float64) }, 1L);
        Same("cat", new[] { Whole, Typed(Whole, torch.uint8) }, 0L);
    }

    [Fact]
    public void Products_agree()
    {
        Same("einsum", "ij,jk->ik", new[] { Square, Square });
        Same("einsum", "bij,bkj->bik", new[] { Cube, Pair.Floats([2, 5, 4], 7) });
        Same("einsum", "bhid,bhjd->bhij", new[] { Pair.Floats([2, 2, 3, 4], 7), Pair.Floats([2, 2, 5, 4], 8) });
        Same("einsum", "...ij,...jk->...ik", new[] { Pair.Floats([2, 1, 3, 4], 7), Pair.Floats([5, 4, 2], 8) });
        Same("einsum", "ii->i", new[] { Square });
        Same("einsum", "ii", new[] { Square });
        Same("einsum", "ij->ji", new[] { Square });
        Same("einsum", "i,j->ij", new[] { Pair.Floats([2]), Pair.Floats([3], 2) });
        Same("einsum", "bi,ij,bj->b", new[] { Pair.Floats([4, 3], 5), Square, Pair.Floats([4, 3], 6) });
        Same("einsum", "ij,j", new[] { Square, Pair.Floats([3]) });
        foreach (var type in new[] { torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32 })
        {
            var (a, b, v) = (Typed(Whole, type), Typed(Whole.Map(t => t.t().contiguous(), t => t.t().Contiguous()), type), Typed(Pair.Integers([4], 8), type));
            Same("matmul", a, b);
            Same("matmul", a, v);
            Same("mm", a, b);
            Same("mv", a, v);
            Same("dot", v, v);
            Same("outer", v, v);
            Same("inner", a, a);
            Same("kron", a, v);
        }

        Same("matmul", Pair.Floats([2, 1, 3, 4], 7), Pair.Floats([5, 4, 2], 8));
        Same("addmm", Square, Square, Square, 0.5f, 2f);
        Same("addmv", Pair.Floats([3]), Square, Pair.Floats([3], 4), 1f, 2f);
        Same("addr", Square, Pair.Floats([3]), Pair.Floats([3], 2));
        Same("baddbmm", Cube, Pair.Floats([2, 4, 2], 4), Pair.Floats([2, 3, 2], 3), 0.5f, 1.5f);
        Same("addbmm", Pair.Floats([3, 2], 3), Cube, Pair.Floats([2, 4, 2], 4));
        Same("tensordot", Cube, Pair.Floats([4, 3, 5], 4), new long[] { 1, 2 }, new long[] { 1, 0 });
        Same("cdist", Pair.Floats([3, 4], 3), Pair.Floats([2, 5, 4], 4), 1.0);
        Same("cdist", Pair.Floats([3, 4], 3), Pair.Floats([5, 4], 4));
        Same("lerp", Square, Pair.Floats([3, 3], 5), Pair.Floats([3, 3], 6));
        Same("addcmul", Square, Square, Square, 0.5);
        Same("addcdiv", Square, Square, Pair.Floats([3, 3], 6), 0.5);
    }

    [Fact]
    public void Elements_are_chosen_and_written_as_in_TorchSharp()
    {
        var index = Pair.Integers([2, 2, 4], 5, 0, 3);
        var source = Pair.Floats([2, 2, 4], 6);
        var places = Pair.Of([2], [2L, 0]);
        foreach (var type in new[] { torch.float32, torch.float64, torch.float16, torch.int64, torch.int32, torch.uint8 })
        {
            var (x, s) = (Typed(Cube, type), Typed(source, type));
            Same("gather", x, 1L, index);
            Same("scatter", x, 1L, index, s);
            Same("scatter_", Copy(x), 1L, index, s);
            Same("scatter_add", x, 1L, index, s);
            Same("index_select", x, 1L, places);
            Same("index_add", x, 1L, places, s, 2);
            Same("index_copy", x, 1L, places, s);
            Same("index_fill", x, 2L, places, 7);
            Same("masked_fill", x, Pair.Bools([3, 4]), 3);
            Same("masked_select", x, Pair.Bools([3, 4]));
            Same("masked_scatter", x, Pair.Bools([2, 3, 4]), Typed(Pair.Floats([24], 9), type));
            Same("take", x, Pair.Of([2, 2], [0L, 5, 23, 7]));
            Same("take_along_dim", x, Pair.Integers([2, 1, 4], 5, 0, 3), 1L);
            Same("select_scatter", x, Typed(Pair.Floats([2, 4], 6), type), 1L, 2L);
            Same("slice_scatter", x, Typed(Pair.Floats([2, 2, 4], 6), type), 1L, 1L);
            Same("unique", x, true, true, true);
            Same("where", Pair.Bools([3, 4]), x, Typed(Pair.Floats([4]), type));
            Same("nonzero", x);
            Same("argwhere", x);
        }

        Same("unique", Whole, true, true, true, 0);
        Same("unique_consecutive", Pair.Of([6], [1L, 1, 2, 2, 1, 1]), true, true);
        Same("bincount", Pair.Of([5], [1L, 3, 1, 0, 3]), Pair.Floats([5]), 6L);
        Same("histc", Pair.Floats([20]), 5L, -1L, 1L);
        Same("searchsorted", Pair.Of([4], [0f, 1f, 1f, 2f]), Square);
        Same("searchsorted", Pair.Of([4], [0f, 1f, 1f, 2f]), Pair.Of([2], [1f, 3f]), false, true);
        Same("bucketize", Square, Pair.Of([3], [-1f, 0f, 1f]));
        Same("isin", Whole, Pair.Of([2], [3L, 5]));
        Same("round", Pair.Floats([3, 7], 3, scale: 100), 1L);
        Same("round", Pair.Floats([3, 7], 3, scale: 100), -1L);
        Same("div", Whole, 2, torch.RoundingMode.floor);
        Compare.Same(Whole.Theirs.div(2, torch.RoundingMode.floor), Whole.Ours.Div(2, RoundingMode.Floor));
        Same("div", Pair.Floats([9], 3), Pair.Floats([9], 4), torch.RoundingMode.trunc);
        Same("repeat_interleave", Whole, Pair.Of([3], [2L, 0, 1]), 0L);
    }

    [Fact]
    public void Half_types_pass_through_layers_in_single_precision_and_are_rounded_once()
    {
        foreach (var type in new[] { torch.float16, torch.bfloat16, torch.float64 })
        {
            var (x, weight, bias) = (Typed(Cube, type), Pair.Floats([5, 4], 7), Pair.Floats([5], 8));
            Compare.Same(
                torch.nn.functional.linear(x.Theirs.@float(), weight.Theirs, bias.Theirs).to_type(type), Functional.Linear(x.Ours, weight.Ours, bias.Ours), 2e-6, 2e-6);
            var mask = Typed(Pair.Floats([3, 3], 9), type);
            Compare.Same(
                torch.nn.functional.scaled_dot_product_attention(
                    x.Theirs.@float(), x.Theirs.@float(), x.Theirs.@float(), mask.Theirs.@float()).to_type(type),
                Functional.ScaledDotProductAttention(x.Ours, x.Ours, x.Ours, mask.Ours), 4e-6, 2e-6);
        }
    }

    [Fact]
    public void Special_functions_and_norms_agree()
    {
        var (x, y) = (Pair.Floats([4, 3], 12), Pair.Floats([4, 3], 13));
        var (t, o) = (x.Theirs, x.Ours);
        Compare.Same(torch.special.ndtr(t), Special.Ndtr(o), 4e-6, 1e-6);
        Compare.Same(torch.special.erfc(t), Special.Erfc(o), 4e-6, 1e-6);
        Compare.Same(torch.special.erfinv(t.tanh()), Special.Erfinv(o.Tanh()), 2e-5, 1e-6);
        Compare.Same(torch.special.gammaln(t), Special.Gammaln(o), 2e-5, 2e-6);
        Compare.Same(torch.special.digamma(t), Special.Digamma(o), 2e-5, 2e-5);
        Compare.Same(torch.special.i0(t), Special.I0(o), 4e-6, 1e-6);
        Compare.Same(torch.special.sinc(t), Special.Sinc(o), 4e-6, 1e-6);
        Compare.Same(torch.linalg.vector_norm(t, 3, [1], true), Linalg.VectorNorm(o, 3, [1], true), 4e-6, 1e-6);
        Compare.Same(torch.linalg.norm(t), Linalg.Norm(o), 4e-6, 1e-6);
        Compare.Same(torch.linalg.cross(t, y.Theirs), Linalg.Cross(o, y.Ours), 4e-6, 1e-6);
        Compare.Same(torch.linalg.vecdot(t, y.Theirs), Linalg.Vecdot(o, y.Ours), 4e-6, 1e-6);
        Compare.Same(torch.erfinv(t), Torch.Erfinv(o), 4e-6, 1e-6);
        var wide = t.to_type(torch.float64);
        Compare.Same(wide.erf(), o.Double().Erf(), 1e-12, 1e-13);
        Compare.Same(wide.gelu(), o.Double().Gelu(), 1e-12, 1e-13);
        Compare.Same(wide.lgamma(), o.Double().Lgamma(), 1e-11, 1e-12);
    }

    [Fact]
    public void Factories_agree()
    {
        foreach (var type in new[] { torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8 })
        {
            Same("zeros", 2L, 3L, type);
            Same("ones", new long[] { 2, 2 }, type);
            Same("full", new long[] { 2 }, 3, type);
            Same("arange", 5, type);
            Same("arange", 1, 8, 3, type);
            Same("eye", 3L, 2L, type);
            Same("full_like", Whole, 2.5, type);
            Same("new_zeros", Typed(Square, type), new long[] { 2 });
            Same("new_full", Typed(Square, type), 2L, 3L, 7);
        }

        Same("linspace", 0.0, 1.0, 7L);
        Same("linspace", 3.0, -2.0, 4L, torch.float64);
        Same("logspace", 0.0, 2.0, 5L);
        Same("arange", 0.5, 3, 0.25);
        Same("tril_indices", 3L, 4L, 1L);
        Same("triu_indices", 3L, 4L);
        Compare.Same(torch.tensor(new double[,] { { 1, 2 }, { 3, 4 } }), Torch.Tensor(new double[,] { { 1, 2 }, { 3, 4 } }));
        Compare.Same(torch.tensor(new[] { (Half)1.5f }), Torch.Tensor([(Half)1.5f]));
        Compare.Same(torch.tensor(2.5), Torch.Tensor(2.5));
        Compare.Same(torch.tensor(3), Torch.Tensor(3));
        Compare.Same(torch.tensor(new byte[] { 200 }).to(torch.int8), Torch.Tensor([(byte)200]).To(DType.Int8));
    }

    [Fact]
    public void Complex_numbers_agree()
    {
        var pairs = Pair.Floats([3, 4, 2], 3);
        var complex = pairs.Map(t => t.view_as_complex(), t => t.ViewAsComplex());
        var other = Pair.Floats([4, 2], 4).Map(t => t.view_as_complex(), t => t.ViewAsComplex());
        foreach (var name in new[] { "abs", "angle", "conj_physical", "neg", "exp", "view_as_real", "sgn", "clone", "sum" })
        {
            Same(name, complex);
        }

        foreach (var name in new[] { "add", "sub", "mul", "div", "eq", "ne" })
        {
            Same(name, complex, other);
            Same(name, complex, Pair.Floats([4], 5));
        }

        Same("mul", complex, 2.5);
        Compare.Same(complex.Theirs.real, complex.Ours.Real);
        Compare.Same(complex.Theirs.imag, complex.Ours.Imag);
        Same("polar", Pair.Floats([3], 5), Pair.Floats([3], 6));
        Same("complex", Pair.Floats([3], 5), Pair.Floats([3], 6));
        Same("matmul", complex, other.Map(t => t.reshape(4, 1), t => t.Reshape(4, 1)));
        Same("reshape", complex, new long[] { 2, 6 });
        Same("cat", new[] { complex, complex }, 1L);

        // A rotary embedding as it is written with complex numbers.
        var x = Pair.Floats([2, 3, 8], 7);
        var angles = Pair.Floats([3, 4], 8);
        Compare.Same(
            (x.Theirs.reshape(2, 3, 4, 2).view_as_complex() * torch.polar(torch.ones_like(angles.Theirs), angles.Theirs)).view_as_real().flatten(2),
            (x.Ours.Reshape(2, 3, 4, 2).ViewAsComplex() * Torch.Polar(Torch.OnesLike(angles.Ours), angles.Ours)).ViewAsReal().Flatten(2), 1e-6, 1e-6);
    }

    [Fact]
    public void In_place_operations_write_into_the_memory_that_views_share()
    {
        Written((t, v) => t[.., 1].add_(v[0, 0]), (t, v) => t[.., 1].Add_(v[0, 0]));
        Written((t, v) => t.transpose(0, 1).mul_(v), (t, v) => t.Transpose(0, 1).Mul_(v));
        Written((t, v) => t.add_(t.t().clone()), (t, v) => t.Add_(t.t()));
        Written((t, v) => t.sub_(t[0].clone()), (t, v) => t.Sub_(t[0]));
        Written((t, v) => t.div_(2).clamp_(-0.1, 0.1), (t, v) => t.Div_(2).Clamp_(-0.1, 0.1));
        Written((t, v) => t[1].sigmoid_(), (t, v) => t[1].Sigmoid_());
        Written((t, v) => t.diagonal().fill_(7), (t, v) => t.Diagonal().Fill_(7));
        Written((t, v) => t.slice(1, 0, 3, 2).copy_(v.slice(1, 0, 3, 2)), (t, v) => t.Slice(1, 0, 3, 2).Copy_(v.Slice(1, 0, 3, 2)));
        Written((t, v) => t.masked_fill_(t > 0, -1), (t, v) => t.MaskedFill_(t > 0, -1));
        Written((t, v) => t.index_put_(v[0], torch.tensor(new long[] { 1, 1 })), (t, v) => t.IndexPut_(v[0], Torch.Tensor([1L, 1])));
        Written(
            (t, v) => t.index_put_(v[0], new[] { torch.tensor(new long[] { 1, 1 }) }, true), (t, v) => t.IndexPut_(v[0], [Torch.Tensor([1L, 1])], true));
        Written((t, v) => t[TheirIndex.Ellipsis, 1] = v[0], (t, v) => t[TensorIndex.Ellipsis, 1] = v[0]);
        Written((t, v) => t[t > 0] = torch.tensor(3f), (t, v) => t[t > 0] = Torch.Tensor(3f));
        Written((t, v) => t[TheirIndex.Slice(null, null, 2), TheirIndex.Slice(1)] = v[0, 0], (t, v) => t[TensorIndex.Slice(null, null, 2), TensorIndex.Slice(1)] = v[0, 0]);
        Written((t, v) => { var u = t; u += v; u.neg_(); }, (t, v) => { var u = t; u += v; u.Neg_(); });
        Written((t, v) => t.view(-1).view(3, 3).exp_(), (t, v) => t.View(-1).View(3, 3).Exp_());
        Written((t, v) => torch.nn.functional.relu(t[0], inplace: true), (t, v) => Functional.Relu(t[0], inplace: true));
        Written((t, v) => t.addmm_(v, v, 0.5f), (t, v) => t.Addmm_(v, v, 0.5f));
        Assert.Throws<ArgumentException>(() => Torch.Ones(2).Add_(Torch.Ones(3, 2)));
        Assert.Throws<InvalidOperationException>(() => Torch.Ones(2, DType.Int64).Mul_(0.5));
    }

    private static void Written(Action<torch.Tensor, torch.Tensor> theirs, Action<Tensor, Tensor> ours)
    {
        var (target, value) = (Copy(Square), Pair.Floats([3, 3], 11));
        theirs(target.Theirs, value.Theirs);
        ours(target.Ours, value.Ours);
        Compare.Same(target.Theirs, target.Ours, 2e-6, 1e-6);
    }

    private static Pair Copy(Pair pair) => pair.Map(t => t.clone(), t => t.Clone());

    private static Pair Typed(Pair pair, torch.ScalarType type) => pair.Map(t => t.to_type(type), t => t.ToType(Enum.Parse<DType>(type.ToString())));

    // Half types round between the steps of a reduction.
    private static void Same(string name, params object?[] arguments) =>
        BothSides.Same(name, 4e-6, arguments[0] is Pair { Ours.Dtype: DType.Float16 or DType.BFloat16 } ? 4e-3 : 2e-6, arguments);
}
