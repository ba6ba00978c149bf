using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd.Codebook;

/// <summary>What the search looks up while it codes the rows of a block of columns: the vectors, and what an error costs in each column.</summary>
internal sealed unsafe class SearchTables
{
    private const int Lanes = CodebookStage.Vectors;

    private readonly float[] workspace;
    private readonly float* byPlace;
    private readonly float* byVector;
    private readonly float* costs;
    private readonly int[] offsets;

    /// <param name="plan">The order of the choices.</param>
    /// <param name="vectors">Stage after stage [16, span].</param>
    /// <param name="importance">[columns]: what a squared error costs in each column of the block.</param>
    /// <param name="curvature">What errors cost together, in place of <paramref name="importance"/>; null if they cost nothing together.</param>
    public SearchTables(SearchPlan plan, ReadOnlySpan<float> vectors, ReadOnlySpan<float> importance, SearchCurvature? curvature = null)
    {
        Plan = plan;
        Curvature = curvature;
        Columns = importance.Length;
        var window = plan.Window;
        var number = plan.StepsOfWindow;
        var quads = (Columns + CodebookStage.PlaneStride - 1) / CodebookStage.PlaneStride;
        offsets = new int[quads];
        var steps = 0;
        for (var quad = 0; quad < quads; quad++)
        {
            offsets[quad] = steps;
            steps += plan.Steps(quad % plan.Phases).Length;
        }

        Steps = steps;
        workspace = GC.AllocateUninitializedArray<float>(2 * number * window * Lanes + steps * (window + Lanes), pinned: true);
        byPlace = (float*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(workspace));
        byVector = byPlace + (nint)number * window * Lanes;
        costs = byVector + (nint)number * window * Lanes;
        FillVectors(vectors);
        FillCosts(vectors, importance);
        if (curvature is not null)
        {
            FillOwnCosts(curvature);
        }
    }

    public SearchPlan Plan { get; }

    /// <summary>What errors cost together; null if nothing.</summary>
    public SearchCurvature? Curvature { get; }

    /// <summary>Columns of the block.</summary>
    public int Columns { get; }

    /// <summary>Choices of the block.</summary>
    public int Steps { get; }

    /// <summary>Number of the first choice of a quad among those of the block.</summary>
    public int FirstStep(int quad) => offsets[quad];

    /// <summary>[span, 16]: entry of each vector at each column ahead.</summary>
    public float* ByColumn(int number) => byPlace + (nint)number * Plan.Window * Lanes;

    /// <summary>[16, window]: each vector at its places, 0 where it does not reach.</summary>
    public float* ByVector(int number) => byVector + (nint)number * Plan.Window * Lanes;

    /// <summary>[window] cost of a squared error at each place after the choice, then [16] the cost of each vector by itself.</summary>
    public float* Costs(int step) => costs + (nint)step * (Plan.Window + Lanes);

    private void FillVectors(ReadOnlySpan<float> vectors)
    {
        for (var number = 0; number < Plan.StepsOfWindow; number++)
        {
            var step = Plan.Step(number);
            var span = Plan.Stages[step.Stage].Span;
            var source = StageVectors(vectors, step.Stage);
            var columns = ByColumn(number);
            var places = ByVector(number);
            new Span<float>(places, Lanes * Plan.Window).Clear();
            for (var vector = 0; vector < Lanes; vector++)
            {
                for (var ahead = 0; ahead < span; ahead++)
                {
                    var value = source[vector * span + ahead];
                    columns[ahead * Lanes + vector] = value;
                    places[vector * Plan.Window + (step.Phase * CodebookStage.PlaneStride + ahead) % Plan.Window] = value;
                }
            }
        }
    }

    private void FillCosts(ReadOnlySpan<float> vectors, ReadOnlySpan<float> importance)
    {
        for (var quad = 0; quad < offsets.Length; quad++)
        {
            var phase = quad % Plan.Phases;
            var steps = Plan.Steps(phase);
            for (var i = 0; i < steps.Length; i++)
            {
                var cost = Costs(offsets[quad] + i);
                var weights = Plan.Weights(Plan.Number(phase, i));
                for (var ahead = 0; ahead < Plan.Window; ahead++)
                {
                    var column = quad * CodebookStage.PlaneStride + ahead;
                    var place = column % Plan.Window;
                    cost[place] = column < Columns ? weights[place] * importance[column] : 0;
                }

                var span = Plan.Stages[steps[i].Stage].Span;
                var source = StageVectors(vectors, steps[i].Stage);
                for (var vector = 0; vector < Lanes; vector++)
                {
                    var sum = 0.0;
                    for (var ahead = 0; ahead < span; ahead++)
                    {
                        var value = (double)source[vector * span + ahead];
                        sum += value * value * cost[(quad * CodebookStage.PlaneStride + ahead) % Plan.Window];
                    }

                    cost[Plan.Window + vector] = (float)sum;
                }
            }
        }
    }

    // The cost of each vector by itself under the curvature.
    private void FillOwnCosts(SearchCurvature curvature)
    {
        for (var quad = 0; quad < offsets.Length; quad++)
        {
            var phase = quad % Plan.Phases;
            for (var i = 0; i < Plan.Steps(phase).Length; i++)
            {
                var matrix = curvature.Costs(offsets[quad] + i);
                var places = ByVector(Plan.Number(phase, i));
                for (var vector = 0; vector < Lanes; vector++)
                {
                    var sum = 0.0;
                    for (var place = 0; place < Plan.Window; place++)
                    {
                        var value = places[vector * Plan.Window + place];
                        if (value != 0)
                        {
                            sum += value * Dot(matrix + place * Plan.Window, places + vector * Plan.Window);
                        }
                    }

                    Costs(offsets[quad] + i)[Plan.Window + vector] = (float)sum;
                }
            }
        }
    }

    private double Dot(float* left, float* right)
    {
        var sum = Vector512<float>.Zero;
        for (var place = 0; place < Plan.Window; place += Lanes)
        {
            sum += Vector512.Load(left + place) * Vector512.Load(right + place);
        }

        return BeamSearch.Sum(sum);
    }

    private ReadOnlySpan<float> StageVectors(ReadOnlySpan<float> vectors, int stage) => vectors.Slice(Plan.EntriesBefore(stage), Plan.Stages[stage].Entries);
}
