namespace Reparam.Generators.Tests.Twins;

/// <summary>Code that a twin runs as fused operations gives what it gives as it is written, whatever the ranks of its tensors.</summary>
public class FusionParityTests
{
    private const string Source = """
        namespace Tests;

        [ReparamModel]
        public sealed partial class Net : Module<Tensor, Tensor>
        {
            private readonly Tensor angles;

            public Net(int width) : base(nameof(Net))
            {
                angles = outer(arange(16, float32) * 0.3 + 0.1, exp(arange(width / 4, float32) * -0.7));
                Gain = Parameter(ones(1) * 1.5);
                RegisterComponents();
            }

            public partial Parameter Gain { get; private set; }

            public override Tensor forward(Tensor x)
            {
                var (cos, sin) = (angles.cos(), angles.sin());
                x = x * Gain;
                {{BODY}}
            }

            private static Tensor TurnNeighbours(Tensor x, Tensor cos, Tensor sin, long position)
            {
                var pairs = x.view(x.shape[0], -1, cos.shape[1], 2);
                var (even, odd) = (pairs.select(-1, 0), pairs.select(-1, 1));
                var c = cos.narrow(0, position, x.shape[0]).unsqueeze(1);
                var s = sin.narrow(0, position, x.shape[0]).unsqueeze(1);
                return stack([even * c - odd * s, even * s + odd * c], -1).view(x.shape);
            }

            private static Tensor TurnHalves(Tensor x, Tensor cos, Tensor sin, long position)
            {
                var halves = x.view(x.shape[0], -1, 2, cos.shape[1]);
                var (first, second) = (halves.select(-2, 0), halves.select(-2, 1));
                var c = cos.narrow(0, position, x.shape[0]).unsqueeze(1);
                var s = sin.narrow(0, position, x.shape[0]).unsqueeze(1);
                return cat([first * c - second * s, first * s + second * c], -1).view(x.shape);
            }

            private static Tensor Attend(Tensor query, Tensor key, Tensor value, Tensor keys, Tensor values, long position)
            {
                var (length, total) = (query.shape[0], position + query.shape[0]);
                var (heads, width) = (keys.shape[0], keys.shape[2]);
                keys.narrow(1, position, length).copy_(key.view(length, heads, width).transpose(0, 1));
                values.narrow(1, position, length).copy_(value.view(length, heads, -1).transpose(0, 1));
                var rows = query.view(length, heads, -1, width).permute(1, 2, 0, 3).reshape(heads, -1, width);
                var scores = matmul(rows, keys.narrow(1, 0, total).transpose(1, 2)) / Math.Sqrt(width);
                var mask = full(length, total, float.NegativeInfinity).triu(position + 1);
                var weights = softmax(scores.view(heads, -1, length, total) + mask, -1).view(heads, -1, total);
                var mixed = matmul(weights, values.narrow(1, 0, total));
                return mixed.view(heads, -1, length, mixed.shape[2]).permute(2, 0, 1, 3).reshape(length, -1);
            }
        }
        """;

    [Theory]
    [InlineData("return TurnNeighbours(x, cos, sin, 2);")]
    [InlineData("return TurnNeighbours(x.view(x.shape[0], 2, -1), cos, sin, 2);")]
    [InlineData("return TurnHalves(x.view(x.shape[0], 2, -1), cos, sin, 2);")]
    [InlineData("return TurnHalves(x.view(x.shape[0], 2, 1, -1), cos, sin, 0);")]
    [InlineData("return Attend(x.view(x.shape[0], 2, -1), x.view(x.shape[0], 2, -1), x, zeros(2, 8, x.shape[1] / 2), zeros(2, 8, x.shape[1] / 2), 0);")]
    public void Tokens_are_the_first_dimension_whatever_the_rank(string body)
    {
        using var parity = new Parity(Source.Replace("{{BODY}}", body, StringComparison.Ordinal), 12);
        var random = new Random(3);
        parity.AssertSameForward(null, [.. Enumerable.Range(0, 5 * 12).Select(_ => (float)((2 * random.NextDouble()) - 1))], 5, 12);
    }
}
