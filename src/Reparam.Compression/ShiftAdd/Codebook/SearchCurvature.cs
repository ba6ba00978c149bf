using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.SecondOrder;

namespace Reparam.Compression.ShiftAdd.Codebook;

/// <summary>
/// What an error costs under H when later columns compensate it. H = M·D·Mᵀ with M unit upper triangular: an error ρ = w − q of a row costs Σ D_k·c_k², c =
/// ρ·M, and c_k = ρ_k + Σ_{i&lt;k} c_i·N[i, k] with N = I − M⁻¹. A quad's columns are chosen together, from residuals r that hold the feedback of the quads
/// before: c = r·M within the quad, and the later columns get r·F, F = M·N.
/// </summary>
internal sealed unsafe class SearchCurvature
{
    private readonly float[] unit;
    private readonly float[] costs;
    private readonly float[] quadCosts;
    private readonly float[] feedback;
    private readonly float[] windowFeedback;

    private SearchCurvature(SearchPlan plan, int columns, float[] unit, float[] pivots, int threads, CancellationToken cancellation)
    {
        Plan = plan;
        Columns = columns;
        Pivots = pivots;
        this.unit = unit;
        Width = pivots.Length;
        var window = plan.Window;
        feedback = Feedback(unit, Width, threads, cancellation);
        var quads = Width / CodebookStage.PlaneStride;
        windowFeedback = GC.AllocateArray<float>(quads * CodebookStage.PlaneStride * window, pinned: true);
        quadCosts = GC.AllocateArray<float>(quads * 16, pinned: true);
        var steps = 0;
        for (var quad = 0; quad < quads; quad++)
        {
            steps += plan.Steps(quad % plan.Phases).Length;
        }

        costs = GC.AllocateArray<float>(checked(steps * window * window), pinned: true);
        var block = new float[window * window];
        for (int quad = 0, step = 0; quad < quads; quad++)
        {
            cancellation.ThrowIfCancellationRequested();
            FillWindow(quad, unit, block);
            FillQuad(quad, block, pivots);
            var phase = quad % plan.Phases;
            for (var i = 0; i < plan.Steps(phase).Length; i++, step++)
            {
                FillCosts(quad, block, pivots, plan.Weights(plan.Number(phase, i)), costs.AsSpan(step * window * window, window * window));
            }
        }
    }

    public SearchPlan Plan { get; }

    /// <summary>Columns of the matrix.</summary>
    public int Columns { get; }

    /// <summary>Columns rounded up to quads.</summary>
    public int Width { get; }

    /// <summary>[width]: D, what an error costs when later columns compensate it.</summary>
    public ReadOnlyMemory<float> Pivots { get; }

    /// <summary>[columns]: the diagonal of H, damped.</summary>
    public ReadOnlyMemory<float> Diagonal { get; private init; }

    /// <summary>Prepares H; null when it is not positive definite.</summary>
    /// <param name="plan">The order of the choices.</param>
    /// <param name="hessian">[columns, columns], damped.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="smallestPivot">What every element of D must be above.</param>
    /// <param name="threads">Cores; 0 for all.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static SearchCurvature? TryCreate(
        SearchPlan plan, ReadOnlySpan<float> hessian, int columns, double smallestPivot, int threads, CancellationToken cancellation)
    {
        // The last column first: then the factor of Cholesky is the one wanted, turned by half a circle.
        var stride = Cholesky.Stride(columns);
        var a = new double[checked(columns * stride)];
        for (var i = 0; i < columns; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                a[i * stride + j] = hessian[(columns - 1 - i) * columns + columns - 1 - j];
            }
        }

        if (!Cholesky.TryFactor(a, columns, smallestPivot, threads, cancellation))
        {
            return null;
        }

        // Columns past the end cost nothing and take no feedback.
        var width = (columns + 3) / 4 * 4;
        var unit = new float[checked(width * width)];
        var pivots = new float[width];
        for (var k = 0; k < width; k++)
        {
            unit[k * width + k] = 1;
        }

        for (var k = 0; k < columns; k++)
        {
            var diagonal = a[(columns - 1 - k) * stride + columns - 1 - k];
            pivots[k] = (float)(diagonal * diagonal);
        }

        for (var i = 0; i < columns; i++)
        {
            for (var k = i + 1; k < columns; k++)
            {
                unit[i * width + k] = (float)(a[(columns - 1 - i) * stride + columns - 1 - k] / a[(columns - 1 - k) * stride + columns - 1 - k]);
            }
        }

        var own = new float[columns];
        for (var k = 0; k < columns; k++)
        {
            own[k] = hessian[k * columns + k];
        }

        return new SearchCurvature(plan, columns, unit, pivots, threads, cancellation) { Diagonal = own };
    }

    /// <summary>[window, window] after a choice: what residuals at two places cost together.</summary>
    public float* Costs(int step) => At(costs, (nint)step * Plan.Window * Plan.Window);

    /// <summary>[4, 4]: what residuals of a quad cost once they are final.</summary>
    public float* QuadCosts(int quad) => At(quadCosts, (nint)quad * 16);

    /// <summary>[4, window]: what a quad's residuals add to those of the window's other places.</summary>
    public float* WindowFeedback(int quad) => At(windowFeedback, (nint)quad * CodebookStage.PlaneStride * Plan.Window);

    /// <summary>[width]: what the residual of a column, its quad's others included, adds to those of the quads behind.</summary>
    public float* Feedback(int column) => At(feedback, (nint)column * Width);

    /// <summary>What each column of a row was to be when all columns before it had been chosen: q + c.</summary>
    /// <param name="row">[columns]: w, overwritten.</param>
    /// <param name="coded">[columns]: q.</param>
    public void Compensate(Span<float> row, ReadOnlySpan<float> coded)
    {
        var compensated = new float[Width];
        for (var i = 0; i < row.Length; i++)
        {
            AddScaled(compensated.AsSpan(i), unit.AsSpan(i * Width + i, Width - i), row[i] - coded[i]);
        }

        for (var k = 0; k < row.Length; k++)
        {
            row[k] = compensated[k] + coded[k];
        }
    }

    private static float* At(float[] array, nint place) => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array)) + place;

    // F, [width, width]; 0 up to the end of each row's quad.
    private static float[] Feedback(float[] unit, int width, int threads, CancellationToken cancellation)
    {
        var result = GC.AllocateArray<float>(unit.Length, pinned: true);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads == 0 ? -1 : threads, CancellationToken = cancellation };
        Parallel.For(0, width / 4, parallel, quad =>
        {
            // Rows of N = I − M⁻¹: x·M = e_i from the left to the right.
            var rows = new float[4][];
            for (var i = 0; i < 4; i++)
            {
                var begin = quad * 4 + i;
                var x = rows[i] = new float[width];
                x[begin] = 1;
                for (var k = begin; k < width; k++)
                {
                    AddScaled(x.AsSpan(k + 1), unit.AsSpan(k * width + k + 1, width - k - 1), -x[k]);
                }
            }

            for (var i = 0; i < 4; i++)
            {
                var row = result.AsSpan((quad * 4 + i) * width, width)[(quad * 4 + 4)..];
                for (var j = i; j < 4; j++)
                {
                    AddScaled(row, rows[j].AsSpan(quad * 4 + 4), -unit[(quad * 4 + i) * width + quad * 4 + j]);
                }
            }
        });
        return result;
    }

    private static void AddScaled(Span<float> sum, ReadOnlySpan<float> row, float factor)
    {
        var k = 0;
        for (; k + Vector512<float>.Count <= sum.Length; k += Vector512<float>.Count)
        {
            (Vector512.Create<float>(sum[k..]) + Vector512.Create<float>(row[k..]) * factor).CopyTo(sum[k..]);
        }

        for (; k < sum.Length; k++)
        {
            sum[k] += row[k] * factor;
        }
    }

    // M of the window that begins at a quad, and the quad's feedback into it, by place.
    private void FillWindow(int quad, float[] unit, float[] block)
    {
        var window = Plan.Window;
        var begin = quad * CodebookStage.PlaneStride;
        Array.Clear(block);
        for (var i = 0; i < window; i++)
        {
            for (var k = i; k < window; k++)
            {
                var (row, column) = (begin + i, begin + k);
                block[i * window + k] = column < Width ? unit[row * Width + column] : 0;
            }
        }

        for (var i = 0; i < CodebookStage.PlaneStride; i++)
        {
            for (var ahead = CodebookStage.PlaneStride; ahead < window && begin + ahead < Width; ahead++)
            {
                windowFeedback[(begin + i) * window + (begin + ahead) % window] = feedback[(begin + i) * Width + begin + ahead];
            }
        }
    }

    private void FillQuad(int quad, float[] block, float[] pivots)
    {
        for (var i = 0; i < 4; i++)
        {
            for (var j = 0; j < 4; j++)
            {
                var sum = 0.0;
                for (var k = Math.Max(i, j); k < 4; k++)
                {
                    sum += (double)block[i * Plan.Window + k] * block[j * Plan.Window + k] * pivots[quad * 4 + k];
                }

                quadCosts[quad * 16 + i * 4 + j] = (float)sum;
            }
        }
    }

    // M·diag(weight·D)·Mᵀ, by place.
    private void FillCosts(int quad, float[] block, float[] pivots, ReadOnlySpan<float> weights, Span<float> destination)
    {
        var window = Plan.Window;
        var begin = quad * CodebookStage.PlaneStride;
        var reach = Math.Min(window, Width - begin);
        Span<float> scaled = stackalloc float[window];
        for (var i = 0; i < reach; i++)
        {
            for (var k = i; k < reach; k++)
            {
                scaled[k] = block[i * window + k] * pivots[begin + k] * weights[(begin + k) % window];
            }

            for (var j = 0; j <= i; j++)
            {
                var sum = 0f;
                for (var k = i; k < reach; k++)
                {
                    sum += scaled[k] * block[j * window + k];
                }

                destination[(begin + i) % window * window + (begin + j) % window] = sum;
                destination[(begin + j) % window * window + (begin + i) % window] = sum;
            }
        }
    }
}
