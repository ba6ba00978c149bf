using Reparam.Runtime;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Tests.Packed;
using Reparam.Runtime.Tests.Parity;

namespace Reparam.Runtime.Tests.Fused;

/// <summary>A convolution with what follows it in one pass gives what its steps give.</summary>
public class FusedConvolutionTests
{
    private const double Tolerance = 2e-6;

    [Theory]
    [InlineData(16, 3, 1, 1, false, true)]
    [InlineData(11, 3, 2, 1, true, true)]
    [InlineData(24, 1, 1, 1, false, false)]
    [InlineData(8, 5, 1, 8, true, true)]
    public void A_batch_norm_a_residual_and_an_activation(int outputs, int kernel, int stride, int groups, bool bias, bool affine)
    {
        foreach (var (height, width) in ((int, int)[])[(7, 9), (16, 33), (1, 1)])
        {
            var layer = Nn.Conv2d(8, outputs, kernel, stride, kernel / 2, groups: groups, bias: bias);
            Fill(layer, outputs * 8 / groups * kernel * kernel);
            var norm = Nn.BatchNorm2d(outputs, affine: affine);
            Fill(norm);
            var x = Pair.Floats([2, 8, height, width], 1).Ours;
            var steps = norm.Call(layer.Call(x));
            var residual = Pair.Floats([.. steps.Shape], 2).Ours;
            AssertClose(steps.Relu(), FusedOperations.CallRelu(layer, norm, x));
            AssertClose(steps.Silu(), FusedOperations.CallSilu(layer, norm, x));
            AssertClose(steps, FusedOperations.CallNorm(layer, norm, x));
            AssertClose((steps + residual).Relu(), FusedOperations.CallAddRelu(layer, norm, x, residual));
            AssertClose(layer.Call(x).Relu(), FusedOperations.CallRelu(layer, x));
            AssertClose(layer.Call(x).Gelu(), FusedOperations.CallGelu(layer, x));
            AssertClose(residual + layer.Call(x), FusedOperations.AddTo(residual, layer, x));

            // A residual that is broadcast, one that lies otherwise, and one that makes the result larger.
            foreach (var other in (Tensor[])[residual.Narrow(2, 0, 1), residual.Transpose(2, 3).Contiguous().Transpose(2, 3), residual.Unsqueeze(0)])
            {
                AssertClose((steps + other).Relu(), FusedOperations.CallAddRelu(layer, norm, x, other));
                AssertClose(other + layer.Call(x), FusedOperations.AddTo(other, layer, x));
            }
        }
    }

    [Fact]
    public void Rows_and_one_picture()
    {
        var row = Nn.Conv1d(3, 6, 3, padding: 1);
        Fill(row, 6 * 3 * 3);
        var norm = Nn.BatchNorm1d(6);
        Fill(norm);
        var x = Pair.Floats([2, 3, 21], 1).Ours;
        var residual = Pair.Floats([2, 6, 21], 2).Ours;
        AssertClose((norm.Call(row.Call(x)) + residual).Relu(), FusedOperations.CallAddRelu(row, norm, x, residual));
        AssertClose(row.Call(x[0]).Relu(), FusedOperations.CallRelu(row, x[0]));

        var picture = Nn.Conv2d(3, 6, 3);
        Fill(picture, 6 * 3 * 9);
        var one = Pair.Floats([3, 9, 9], 3).Ours;
        AssertClose(picture.Call(one).Relu(), FusedOperations.CallRelu(picture, one));
        AssertClose(picture.Call(one) + picture.Call(one), FusedOperations.AddTo(picture.Call(one), picture, one));

        // A batch norm of pictures refuses one of three dimensions, as it does by itself.
        var norms = Nn.BatchNorm2d(6);
        Fill(norms);
        Assert.Throws<ArgumentException>(() => FusedOperations.CallRelu(picture, norms, one));
        Assert.Throws<ArgumentException>(() => FusedOperations.CallRelu(picture, Nn.BatchNorm2d(7), Pair.Floats([1, 3, 9, 9], 3).Ours));
    }

    [Fact]
    public void A_batch_norm_that_is_folded_and_one_without_statistics()
    {
        var layer = Nn.Conv2d(4, 8, 3);
        Fill(layer, 8 * 4 * 9);
        var x = Pair.Floats([2, 4, 9, 9], 1).Ours;
        var folded = Nn.BatchNorm2d(8);
        folded.LeaveOut(4);
        AssertClose(layer.Call(x).Relu(), FusedOperations.CallRelu(layer, folded, x));

        var own = Nn.BatchNorm2d(8, track_running_stats: false);
        own.Weight!.Fill(CodedMatrices.Gaussian(8));
        own.Bias!.Fill(CodedMatrices.Gaussian(8, 2));
        AssertClose(own.Call(layer.Call(x)).Relu(), FusedOperations.CallRelu(layer, own, x));
    }

    [Theory]
    [InlineData(KernelPrecision.Default)]
    [InlineData(KernelPrecision.Exact)]
    public void Packed_weights(KernelPrecision precision)
    {
        foreach (var outputs in (int[])[4, 24])
        {
            var layer = Nn.Conv2d(8, outputs, 3, padding: 1, bias: false);
            layer.Weight.Fill([PackedMatrix.Create(CodedMatrices.Random(outputs, 72, 3, 16), precision: precision)]);
            var norm = Nn.BatchNorm2d(outputs);
            Fill(norm);
            var x = Pair.Floats([2, 8, 9, 11], 1).Ours;
            var residual = Pair.Floats([2, outputs, 9, 11], 2).Ours;
            AssertClose((norm.Call(layer.Call(x)) + residual).Relu(), FusedOperations.CallAddRelu(layer, norm, x, residual));
        }
    }

    [Fact]
    public void A_sequence_of_layers()
    {
        var (first, second) = (Nn.Conv2d(4, 8, 3), Nn.Conv2d(8, 8, 3));
        Fill(first, 8 * 4 * 9);
        Fill(second, 8 * 8 * 9);
        var norm = Nn.BatchNorm2d(8);
        Fill(norm);
        Module<Tensor, Tensor>[] modules = [first, norm, Nn.ReLU(), second, Nn.SiLU(), Nn.ReLU(), second, norm, first];
        var x = Pair.Floats([2, 4, 19, 19], 1).Ours;
        var steps = x;
        foreach (var module in modules[..8])
        {
            steps = module.Call(steps);
        }

        AssertClose(steps, Nn.Sequential(modules[..8]).Call(x));
        Assert.Throws<ArgumentException>(() => Nn.Sequential(modules).Call(x));
    }

    private static void Fill(Convolution layer, int weights)
    {
        layer.Weight.Fill(CodedMatrices.Gaussian(weights));
        layer.Bias?.Fill(CodedMatrices.Gaussian((int)layer.OutChannels, 3));
    }

    private static void Fill(BatchNorm norm)
    {
        var count = (int)norm.NumFeatures;
        ((Parameter)norm.RunningMean!).Fill(CodedMatrices.Gaussian(count, 4));
        ((Parameter)norm.RunningVar!).Fill(Array.ConvertAll(CodedMatrices.Gaussian(count, 5), value => 0.5f + (value * value)));
        norm.Weight?.Fill(CodedMatrices.Gaussian(count, 6));
        norm.Bias?.Fill(CodedMatrices.Gaussian(count, 7));
    }

    private static void AssertClose(Tensor expected, Tensor found)
    {
        Assert.Equal(expected.Shape.ToArray(), found.Shape.ToArray());
        var (a, b) = (expected.ToArray<float>(), found.ToArray<float>());
        var largest = Math.Max(1, a.Max(Math.Abs));
        Assert.All(a.Zip(b), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= Tolerance * largest, $"{pair.First} and {pair.Second}"));
    }
}
