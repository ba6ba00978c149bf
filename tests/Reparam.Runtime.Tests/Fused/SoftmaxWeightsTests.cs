using Reparam.Runtime.Kernels;

namespace Reparam.Runtime.Tests.Fused;

/// <summary>Weights of a row of scores against the float64 softmax.</summary>
public unsafe class SoftmaxWeightsTests
{
    [Fact]
    public void The_largest_score_may_lie_anywhere_and_be_of_any_size()
    {
        for (var count = 1; count <= 40; count++)
        {
            for (var place = 0; place < count; place++)
            {
                foreach (var size in (float[])[1, 200, 1e15f, 3e38f])
                {
                    var scores = Enumerable.Range(0, 64).Select(i => i == place ? size : -(i % 7) * size / 8).ToArray();
                    float factor;
                    fixed (float* row = scores)
                    {
                        factor = SoftmaxWeights.Exponentiate(row, count);
                    }

                    var expected = Enumerable.Range(0, count).Select(i => i == place ? 1 : Math.Exp((-(i % 7) * (double)size / 8) - size)).ToArray();
                    for (var i = 0; i < count; i++)
                    {
                        Assert.InRange(scores[i] * factor - (expected[i] / expected.Sum()), -1e-6, 1e-6);
                    }
                }
            }
        }
    }
}
