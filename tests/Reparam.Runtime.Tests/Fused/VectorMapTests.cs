using Reparam.Runtime.Kernels;
using Reparam.Runtime.Kernels.Operations;

namespace Reparam.Runtime.Tests.Fused;

/// <summary>Functions of vectors have the same bits in vectors of every width.</summary>
public class VectorMapTests
{
    [Fact]
    public void An_element_has_the_same_bits_wherever_it_lies()
    {
        Check<ErrorFunction>();
        Check<GaussianErrorLinear>();
        Check<GaussianErrorLinearTanh>();
        Check<HyperbolicTangent>();
        Check<RectifiedLinear>();
        Check<SigmoidLinear>();
        Check<Unchanged>();
    }

    private static void Check<TFunction>()
        where TFunction : struct, IVectorFunction
    {
        var random = new Random(1);
        float[] x =
        [
            0, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.MinValue, float.Epsilon, -1e-40f, 1e-38f,
            .. Enumerable.Range(0, 4000).Select(_ => (random.NextSingle() - 0.5f) * MathF.ScaleB(1, random.Next(-30, 8))),
        ];
        var together = new float[x.Length];
        VectorMap.Apply<TFunction>(x, together);
        for (var i = 0; i < x.Length; i++)
        {
            // Four elements fill no vector of 512 bits.
            var alone = new float[4];
            VectorMap.Apply<TFunction>(x.AsSpan(i, 1), alone);
            Assert.Equal(alone[0], together[i]);
        }
    }
}
