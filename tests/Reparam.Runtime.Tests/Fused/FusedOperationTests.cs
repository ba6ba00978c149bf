using System.Numerics;
using Reparam.Runtime;
using Reparam.Runtime.Kernels;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Tests.Packed;
using Reparam.Runtime.Tests.Parity;

namespace Reparam.Runtime.Tests.Fused;

/// <summary>The kernels of a transformer's small parts against double precision, at every length that breaks vectors.</summary>
public unsafe class FusedOperationTests
{
    [Fact]
    public void Rms_norm_of_any_width()
    {
        for (var width = 1; width <= 257; width += width < 40 ? 1 : 31)
        {
            var (x, weight) = (Pair.FloatValues(3 * width, width, ugly: false, scale: 3), Pair.FloatValues(width, 2, ugly: false));
            var found = FusedOperations.RmsNorm(Torch.Tensor(x, [3L, width]), Torch.Tensor(weight), 1e-3).ToArray<float>();
            for (var i = 0; i < x.Length; i++)
            {
                var row = x.AsSpan(i / width * width, width).ToArray();
                var expected = x[i] / Math.Sqrt(row.Sum(value => (double)value * value) / width + 1e-3) * weight[i % width];
                AssertClose(expected, found[i], 1e-6);
            }
        }

        Assert.Throws<ArgumentException>(() => FusedOperations.RmsNorm(Torch.Zeros(2, 3), Torch.Zeros(2)));
        Assert.Throws<InvalidOperationException>(() => FusedOperations.RmsNorm(Torch.Full([2L, 3], 1L), Torch.Zeros(3)));
        Assert.Equal(0, FusedOperations.RmsNorm(Torch.Zeros([2L, 0]), Torch.Zeros([0L])).Numel());
    }

    [Fact]
    public void Rotary_positions_turn_neighbours_and_halves_of_any_width()
    {
        for (var pairs = 1; pairs <= 35; pairs++)
        {
            const int Length = 3, Heads = 2, Position = 4;
            var x = Pair.FloatValues(Length * Heads * 2 * pairs, pairs, ugly: false);
            var (cos, sin) = (Pair.FloatValues(9 * pairs, 2, ugly: false), Pair.FloatValues(9 * pairs, 3, ugly: false));
            var (input, c, s) = (Torch.Tensor(x, [(long)Length, Heads * 2 * pairs]), Torch.Tensor(cos, [9L, pairs]), Torch.Tensor(sin, [9L, pairs]));
            var neighbours = FusedOperations.RotateNeighbours(input, c, s, Position).ToArray<float>();
            var halves = FusedOperations.RotateHalves(input, c, s, Position).ToArray<float>();
            for (var row = 0; row < Length * Heads; row++)
            {
                for (var j = 0; j < pairs; j++)
                {
                    var angle = (Position + row / Heads) * pairs + j;
                    AssertTurned(x, neighbours, row * 2 * pairs + 2 * j, row * 2 * pairs + 2 * j + 1, cos[angle], sin[angle]);
                    AssertTurned(x, halves, row * 2 * pairs + j, row * 2 * pairs + pairs + j, cos[angle], sin[angle]);
                }
            }
        }

        var table = Torch.Zeros(4, 3);
        Assert.Throws<ArgumentOutOfRangeException>(() => FusedOperations.RotateHalves(Torch.Zeros(2, 6), table, table, 3));
        Assert.Throws<ArgumentException>(() => FusedOperations.RotateHalves(Torch.Zeros(2, 8), table, table));
        Assert.Throws<ArgumentException>(() => FusedOperations.RotateNeighbours(Torch.Zeros(2, 6), table, Torch.Zeros(3, 3)));
    }

    [Fact]
    public void A_batch_begins_at_the_same_position_in_every_sequence()
    {
        var (x, table) = (Pair.Floats([2, 3, 8]).Ours, Pair.Floats([6, 4], 2).Ours);
        var both = FusedOperations.RotateHalves(x, table, table, 2);
        Assert.Equal(FusedOperations.RotateHalves(x.Select(0, 1), table, table, 2).ToArray<float>(), both.Select(0, 1).Contiguous().ToArray<float>());
    }

    [Fact]
    public void SwiGlu_is_accurate_and_keeps_what_is_not_finite()
    {
        var gate = Pair.FloatValues(997, 1, ugly: false, scale: 20);
        var up = Pair.FloatValues(997, 2, ugly: false);
        var found = FusedOperations.SwiGlu(Torch.Tensor(gate), Torch.Tensor(up)).ToArray<float>();
        for (var i = 0; i < gate.Length; i++)
        {
            AssertClose(gate[i] / (1 + Math.Exp(-(double)gate[i])) * up[i], found[i], 1e-6, 1e-37);
        }

        float[] ugly = [0, -0f, 1e38f, -1e38f, -88, -104, float.PositiveInfinity, float.NaN, 1e-40f];
        var y = FusedOperations.SwiGlu(Torch.Tensor(ugly), Torch.Ones(ugly.Length)).ToArray<float>();
        Assert.Equal([0, 0, 1e38f, 0, 0, 0, float.PositiveInfinity, float.NaN], y[..8].Select(value => MathF.Abs(value) < 1e-35f ? 0 : value));
        Assert.Throws<ArgumentException>(() => FusedOperations.SwiGlu(Torch.Zeros(2), Torch.Zeros(3)));
    }

    [Fact]
    public void The_exponential_of_a_softmax_is_within_two_units_in_the_last_place()
    {
        for (var i = 0; i <= 90_000; i++)
        {
            var x = -i / 1000f;
            var found = NonPositiveExponential.Evaluate(new Vector<float>(x))[Vector<float>.Count - 1];
            var expected = Math.Exp(x);
            Assert.True(expected < 1.2e-38 ? found <= 1.2e-38f : Math.Abs(found - expected) <= 2.4e-7 * expected, $"e^{x:R} is {expected:R}, not {found:R}");
        }

        Assert.Equal(0, NonPositiveExponential.Evaluate(new Vector<float>(float.NegativeInfinity))[0]);
        Assert.Equal(float.NaN, NonPositiveExponential.Evaluate(new Vector<float>(float.NaN))[0]);
    }

    [Fact]
    public void Dot_products_and_mixes_of_rows_of_any_length()
    {
        for (var length = 1; length <= 257; length += length < 20 ? 1 : 37)
        {
            for (var count = 1; count <= 9; count++)
            {
                var stride = length + 3;
                var (x, rows) = (Pair.FloatValues(length, length, ugly: false), Pair.FloatValues(count * stride, count, ugly: false));
                var (weights, dots, mix) = (Pair.FloatValues(count, 5, ugly: false), new float[count], Pair.FloatValues(length, 6, ugly: false));
                var before = mix.ToArray();
                fixed (float* px = x, prows = rows, pweights = weights, pdots = dots, pmix = mix)
                {
                    DotRows.Multiply(px, prows, stride, count, length, 0.5f, pdots);
                    MixRows.Add(pweights, prows, stride, count, length, first: false, 3, pmix);
                }

                for (var i = 0; i < count; i++)
                {
                    AssertClose(0.5 * x.Select((value, k) => (double)value * rows[i * stride + k]).Sum(), dots[i], 1e-5, 1e-5);
                }

                for (var k = 0; k < length; k++)
                {
                    AssertClose(3 * (before[k] + weights.Select((value, i) => (double)value * rows[i * stride + k]).Sum()), mix[k], 1e-5, 1e-5);
                }
            }
        }
    }

    [Fact]
    public void Layers_in_a_fused_operation_are_called()
    {
        var (gate, up) = (Fill.Randomly(Nn.Linear(7, 5), 1), Fill.Randomly(Nn.Linear(7, 5), 2));
        var (x, residual) = (Pair.Floats([3, 7]).Ours, Pair.Floats([3, 5], 2).Ours);
        Compare.Close(FusedOperations.SwiGlu(gate.Call(x), up.Call(x)).ToArray<float>(), FusedOperations.SwiGlu(x, gate, up).ToArray<float>(), 2e-6, 1e-9);
        Assert.Equal((residual + gate.Call(x)).ToArray<float>(), FusedOperations.AddTo(residual, gate, x).ToArray<float>());
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(3, true)]
    public void A_gated_pair_of_packed_layers_is_what_its_steps_are(int rows, bool hasBias)
    {
        var (gate, up) = (Nn.Linear(100, 37, hasBias), Nn.Linear(100, 37, hasBias));
        foreach (var (layer, seed) in new[] { (gate, 1), (up, 2) })
        {
            layer.Weight.Fill([PackedMatrix.Create(CodedMatrices.Random(37, 100, 3, 32, seed: seed))]);
            layer.Bias?.Fill(CodedMatrices.Gaussian(37, seed));
        }

        var x = Pair.Floats([rows, 100]).Ours;
        Compare.Close(FusedOperations.SwiGlu(gate.Call(x), up.Call(x)).ToArray<float>(), FusedOperations.SwiGlu(x, gate, up).ToArray<float>(), 2e-6, 1e-9);
    }

    [Theory]
    [InlineData(1, false, false)]
    [InlineData(1, true, false)]
    [InlineData(1, true, true)]
    [InlineData(3, true, false)]
    public void Packed_layers_called_together_give_the_bits_of_each_alone(int rows, bool someHaveBias, bool tablesDiffer)
    {
        Linear[] layers = [Nn.Linear(100, 37, someHaveBias), Nn.Linear(100, 16, hasBias: false), Nn.Linear(100, 5, someHaveBias)];
        for (var i = 0; i < layers.Length; i++)
        {
            var outputs = (int)layers[i].OutFeatures;
            layers[i].Weight.Fill([PackedMatrix.Create(CodedMatrices.Random(outputs, 100, 3, tablesDiffer && i == 1 ? 16 : 32, seed: i))]);
            layers[i].Bias?.Fill(CodedMatrices.Gaussian(outputs, i));
        }

        AssertCalledTogether(layers, Pair.Floats([rows, 100]).Ours);
        AssertCalledTogether(layers, Torch.Zeros(rows, 100));
        AssertCalledTogether(layers, Pair.Floats([100, rows]).Ours.Transpose(0, 1));
        Assert.Throws<ArgumentException>(() => FusedOperations.CallAll(Torch.Zeros(rows, 99), layers[0], layers[1], layers[2]));
    }

    [Fact]
    public void Layers_of_any_kind_are_called_together()
    {
        var (dense, packed) = (Fill.Randomly(Nn.Linear(7, 5), 1), Nn.Linear(7, 6));
        packed.Weight.Fill([PackedMatrix.Create(CodedMatrices.Random(6, 7, 2, 0))]);
        packed.Bias!.Fill(CodedMatrices.Gaussian(6));
        AssertCalledTogether([dense, packed, Nn.Sequential(dense, Nn.SiLU())], Pair.Floats([1, 7]).Ours);
        AssertCalledTogether([packed, packed, dense], Pair.Floats([1, 7]).Ours);
    }

    private static void AssertCalledTogether(Module<Tensor, Tensor>[] layers, Tensor x)
    {
        var (first, second, third) = FusedOperations.CallAll(x, layers[0], layers[1], layers[2]);
        foreach (var (layer, found) in layers.Zip([first, second, third]))
        {
            var expected = layer.Call(x);
            Assert.Equal(expected.Shape.ToArray(), found.Shape.ToArray());
            Assert.Equal(expected.ToArray<float>().Select(BitConverter.SingleToInt32Bits), found.ToArray<float>().Select(BitConverter.SingleToInt32Bits));
        }
    }

    private static void AssertTurned(float[] x, float[] y, int first, int second, double cos, double sin)
    {
        AssertClose(x[first] * cos - x[second] * sin, y[first], 1e-6, 1e-6);
        AssertClose(x[first] * sin + x[second] * cos, y[second], 1e-6, 1e-6);
    }

    private static void AssertClose(double expected, float found, double relative, double absolute = 1e-30) =>
        Assert.True(Math.Abs(expected - found) <= absolute + relative * Math.Abs(expected), $"expected {expected:R}, found {found:R}");
}
