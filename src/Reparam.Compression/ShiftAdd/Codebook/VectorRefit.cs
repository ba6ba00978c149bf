using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Reparam.Compression.ShiftAdd.Codebook;

/// <summary>
/// The least-squares problem of all vectors with the indices held: every weight is a sum of the entries that its indices choose. Solved by conjugate gradients
/// from the vectors that are there, so the error never rises and what no weight uses stays.
/// </summary>
internal sealed class VectorRefit
{
    private const int Rounds = 24;
    private const double Ridge = 1e-4;
    private const double SmallResidual = 1e-16;
    private const int MaxCovering = 64;

    private readonly SearchPlan plan;
    private readonly int stride;
    private readonly float[] normal;
    private readonly double[] right;

    public VectorRefit(SearchPlan plan)
    {
        this.plan = plan;
        // Every stage has a multiple of 64 entries.
        stride = plan.EntriesBefore(plan.Stages.Length);
        normal = new float[stride * stride];
        right = new double[stride];
    }

    /// <summary>Counts a row in.</summary>
    /// <param name="target">[columns].</param>
    /// <param name="importance">[columns]: what a squared error costs.</param>
    /// <param name="indices">Indices in the order of the plan.</param>
    public void Add(ReadOnlySpan<float> target, ReadOnlySpan<float> importance, ReadOnlySpan<byte> indices)
    {
        Span<int> covering = stackalloc int[plan.Phases * 4 * MaxCovering];
        Span<int> counts = stackalloc int[plan.Window];
        counts.Clear();
        var next = 0;
        for (var quad = 0; quad * 4 < target.Length; quad++)
        {
            foreach (var step in plan.Steps(quad % plan.Phases))
            {
                var span = plan.Stages[step.Stage].Span;
                var entry = plan.EntriesBefore(step.Stage) + indices[next++] * span;
                for (var ahead = 0; ahead < span; ahead++)
                {
                    var place = (quad * 4 + ahead) % plan.Window;
                    covering[place * MaxCovering + counts[place]++] = entry + ahead;
                }
            }

            for (var column = quad * 4; column < quad * 4 + 4; column++)
            {
                var place = column % plan.Window;
                if (column < target.Length)
                {
                    Add(target[column], importance[column], covering.Slice(place * MaxCovering, counts[place]));
                }

                counts[place] = 0;
            }
        }
    }

    /// <summary>Moves the vectors to the solution, as far as the weights determine it.</summary>
    /// <param name="vectors">Stage after stage [16, span], changed.</param>
    public void Solve(Span<float> vectors)
    {
        // Unknown is the step x from the old vectors: (N + ridge)·x = right − N·old.
        var x = new double[stride];
        var residual = new double[stride];
        var product = new double[stride];
        for (var i = 0; i < stride; i++)
        {
            x[i] = vectors[i];
        }

        Multiply(x, product);
        for (var i = 0; i < stride; i++)
        {
            residual[i] = right[i] - product[i];
            x[i] = 0;
        }

        // Preconditioned by the diagonal; an entry without weights has a diagonal, a right side and so a step of 0.
        var scaled = new double[stride];
        var direction = new double[stride];
        var before = Precondition(residual, scaled);
        var small = before * SmallResidual;
        scaled.CopyTo(direction, 0);
        for (var round = 0; round < Rounds && before > small; round++)
        {
            Multiply(direction, product);
            for (var i = 0; i < stride; i++)
            {
                product[i] += Ridge * normal[i * stride + i] * direction[i];
            }

            var length = before / Dot(direction, product);
            for (var i = 0; i < stride; i++)
            {
                x[i] += length * direction[i];
                residual[i] -= length * product[i];
            }

            var after = Precondition(residual, scaled);
            var keep = after / before;
            before = after;
            for (var i = 0; i < stride; i++)
            {
                direction[i] = scaled[i] + keep * direction[i];
            }
        }

        for (var i = 0; i < stride; i++)
        {
            vectors[i] = (float)(vectors[i] + x[i]);
        }
    }

    private void Add(float target, float importance, ReadOnlySpan<int> covering)
    {
        foreach (var i in covering)
        {
            right[i] += (double)importance * target;
            var row = normal.AsSpan(i * stride, stride);
            foreach (var j in covering)
            {
                row[j] += importance;
            }
        }
    }

    private double Precondition(double[] residual, double[] scaled)
    {
        for (var i = 0; i < stride; i++)
        {
            var diagonal = normal[i * stride + i];
            scaled[i] = diagonal > 0 ? residual[i] / diagonal : 0;
        }

        return Dot(residual, scaled);
    }

    private void Multiply(double[] x, double[] product)
    {
        for (var i = 0; i < stride; i++)
        {
            var sum = Vector512<double>.Zero;
            ref var row = ref normal[i * stride];
            ref var other = ref MemoryMarshal.GetArrayDataReference(x);
            for (nuint j = 0; j < (nuint)stride; j += 16)
            {
                var (low, high) = Vector512.Widen(Vector512.LoadUnsafe(ref row, j));
                sum += low * Vector512.LoadUnsafe(ref other, j);
                sum += high * Vector512.LoadUnsafe(ref other, j + 8);
            }

            product[i] = Sum(sum);
        }
    }

    private static double Dot(double[] left, double[] right)
    {
        var sum = 0.0;
        for (var i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        return sum;
    }

    private static double Sum(Vector512<double> value)
    {
        var four = value.GetLower() + value.GetUpper();
        var two = four.GetLower() + four.GetUpper();
        return two[0] + two[1];
    }
}
