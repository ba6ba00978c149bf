using CsCheck;
using Reparam.Runtime;
using TorchSharp;

namespace Reparam.Runtime.Tests.Parity;

public class BroadcastParityTests
{
    private static readonly (string Name, Func<torch.Tensor, torch.Tensor, torch.Tensor> Theirs, Func<Tensor, Tensor, Tensor> Ours)[] Operations =
    [
        ("+", (x, y) => x + y, (x, y) => x + y),
        ("-", (x, y) => x - y, (x, y) => x - y),
        ("*", (x, y) => x * y, (x, y) => x * y),
        ("/", (x, y) => x / y, (x, y) => x / y),
        ("pow", (x, y) => x.pow(y), (x, y) => x.Pow(y)),
        ("maximum", (x, y) => x.maximum(y), (x, y) => x.Maximum(y)),
        ("minimum", (x, y) => x.minimum(y), (x, y) => x.Minimum(y)),
        ("==", (x, y) => x == y, (x, y) => x == y),
        ("!=", (x, y) => x != y, (x, y) => x != y),
        ("<", (x, y) => x < y, (x, y) => x < y),
        ("<=", (x, y) => x <= y, (x, y) => x <= y),
        (">", (x, y) => x > y, (x, y) => x > y),
        (">=", (x, y) => x >= y, (x, y) => x >= y),
        ("logical_and", (x, y) => x.logical_and(y), (x, y) => x.LogicalAnd(y)),
        ("logical_or", (x, y) => x.logical_or(y), (x, y) => x.LogicalOr(y)),
        ("where", (x, y) => torch.where(x > 0, x, y), (x, y) => Torch.Where(x > 0, x, y)),
        ("masked_fill", (x, y) => x.masked_fill(y > 0, 1), (x, y) => x.MaskedFill(y > 0, 1)),
        ("add alpha", (x, y) => x.add(y, 2), (x, y) => x.Add(y, 2)),
    ];

    // Shapes that fit, nearly fit and do not: each side drops leading dimensions or flattens some to 1.
    private static readonly Gen<(long[] X, long[] Y)> Shapes =
        from full in Gen.Long[0, 4].Array[0, 4]
        from maskX in Gen.Int[0, 15]
        from maskY in Gen.Int[0, 15]
        from cutX in Gen.Int[0, 2]
        from cutY in Gen.Int[0, 2]
        from spoil in Gen.Int[0, 9]
        select (Narrowed(full, maskX, cutX), spoil == 0 ? [.. full, 2] : Narrowed(full, maskY, cutY));

    [Fact]
    public void Element_operations_broadcast_promote_and_refuse_alike() =>
        Gen.Select(Shapes, Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, Operations.Length - 1], Gen.Bool).Sample(
            (shapes, typeX, typeY, operation, transposed) =>
            {
                var (name, theirs, ours) = Operations[operation];
                var x = Pair.OfType(typeX, shapes.X, 11);
                var y = Pair.OfType(typeY, shapes.Y, 12);
                if (transposed && shapes.X.Length > 1)
                {
                    x = x.Map(t => t.transpose(0, -1).contiguous().transpose(0, -1), t => t.Transpose(0, -1).Contiguous().Transpose(0, -1));
                }

                Compare.SameOrRefused(() => theirs(x.Theirs, y.Theirs), () => ours(x.Ours, y.Ours), relative: 4e-6, because: name);
            },
            iter: 2000, threads: 1);

    [Fact]
    public void Ugly_floats_agree()
    {
        var x = Pair.Floats([7, 33], 1, ugly: true);
        var y = Pair.Floats([33], 2, ugly: true);
        foreach (var (name, theirs, ours) in Operations)
        {
            Compare.SameOrRefused(() => theirs(x.Theirs, y.Theirs), () => ours(x.Ours, y.Ours), relative: 4e-6, absolute: 1e-37, because: name);
        }
    }

    [Fact]
    public void Operators_on_truth_values_agree()
    {
        var x = Pair.Bools([3, 4], 1);
        var y = Pair.Bools([4], 2);
        Compare.Same(x.Theirs & y.Theirs, x.Ours & y.Ours);
        Compare.Same(x.Theirs | y.Theirs, x.Ours | y.Ours);
        Compare.Same(x.Theirs ^ y.Theirs, x.Ours ^ y.Ours);
        Compare.Same(~x.Theirs, ~x.Ours);
    }

    private static long[] Narrowed(long[] shape, int mask, int cut) =>
        [.. shape.Select((size, i) => (mask & (1 << i)) != 0 ? 1 : size).Skip(Math.Min(cut, shape.Length))];
}
