using System.Runtime.Intrinsics;
using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd.Codebook;

/// <summary>The search under H: each partial choice compensates its own errors.</summary>
internal sealed unsafe partial class BeamSearch
{
    // Quads whose residuals each partial choice keeps.
    private const int PastQuads = 16;
    private const int PastColumns = PastQuads * CodebookStage.PlaneStride;

    // The residuals of each partial choice's last quads, and the quad's first partial choice that it comes from.
    private readonly SearchCurvature? curvature;
    private readonly float* incoming;
    private float* pasts;
    private float* nextPasts;
    private int* origins;
    private int* nextOrigins;

    // The quad's columns are final: later columns take their feedback. Within the window and for the last quads' columns each partial choice has its own; what
    // is older is taken from the best one.
    private void FinishCurved(int quad, ulong mask)
    {
        var column = quad * CodebookStage.PlaneStride;
        var place = column & (window - 1);
        var cost = curvature!.QuadCosts(quad);
        var lowest = float.PositiveInfinity;
        var best = 0;
        for (var entry = 0; entry < count; entry++)
        {
            var r = residuals + (nint)entry * window + place;
            var slope = (Vector128.Load(cost) * r[0] + Vector128.Load(cost + 4) * r[1]) + (Vector128.Load(cost + 8) * r[2] + Vector128.Load(cost + 12) * r[3]);
            var error = slope * Vector128.Load(r);
            done[entry] += (error[0] + error[1]) + (error[2] + error[3]);
            if (done[entry] < lowest)
            {
                lowest = done[entry];
                best = entry;
            }
        }

        var slot = quad % PastQuads * CodebookStage.PlaneStride;
        var next = column + window;
        Settle(quad - PastQuads, pasts + (nint)origins[best] * PastColumns + slot, next);
        var comes = next < curvature.Width;
        if (comes)
        {
            GatherIncoming(quad, next);
        }

        var feedback = curvature.WindowFeedback(quad);
        for (var entry = 0; entry < count; entry++)
        {
            done[entry] -= lowest;
            states[entry] &= mask;
            var past = nextPasts + (nint)entry * PastColumns;
            new Span<float>(pasts + (nint)origins[entry] * PastColumns, PastColumns).CopyTo(new Span<float>(past, PastColumns));
            var residual = residuals + (nint)entry * window;
            var final = Vector128.Load(residual + place);
            final.Store(past + slot);
            for (var at = 0; at < window; at += Lanes)
            {
                var change = (Vector512.Load(feedback + at) * final[0] + Vector512.Load(feedback + window + at) * final[1]) +
                    (Vector512.Load(feedback + 2 * window + at) * final[2] + Vector512.Load(feedback + 3 * window + at) * final[3]);
                (Vector512.Load(residual + at) + change).Store(residual + at);
            }

            (comes ? Incoming(past, next) : Vector128<float>.Zero).Store(residual + place);
        }

        var oldPasts = pasts;
        pasts = nextPasts;
        nextPasts = oldPasts;
    }

    // The feedback of a quad that leaves the pasts, to the columns that are not in the window yet.
    private void Settle(int quad, float* final, int from)
    {
        if (quad < 0)
        {
            return;
        }

        for (var i = 0; i < CodebookStage.PlaneStride; i++)
        {
            var feedback = curvature!.Feedback(quad * CodebookStage.PlaneStride + i);
            for (var k = from; k < curvature.Width; k += CodebookStage.PlaneStride)
            {
                (Vector128.Load(target + k) + Vector128.Load(feedback + k) * final[i]).Store(target + k);
            }
        }
    }

    // What the columns of the pasts feed back to the four that come into the window.
    private void GatherIncoming(int quad, int next)
    {
        for (var slot = 0; slot < PastQuads; slot++)
        {
            var from = quad - (quad - slot + PastQuads) % PastQuads;
            for (var i = 0; i < CodebookStage.PlaneStride; i++)
            {
                var value = from < 0 ? Vector128<float>.Zero : Vector128.Load(curvature!.Feedback(from * CodebookStage.PlaneStride + i) + next);
                value.Store(incoming + (slot * CodebookStage.PlaneStride + i) * CodebookStage.PlaneStride);
            }
        }
    }

    private Vector128<float> Incoming(float* past, int next)
    {
        var (sum, other) = (Vector128.Load(target + next), Vector128<float>.Zero);
        for (var i = 0; i < PastColumns; i += 2)
        {
            sum += Vector128.Load(incoming + i * 4) * past[i];
            other += Vector128.Load(incoming + i * 4 + 4) * past[i + 1];
        }

        return sum + other;
    }

    private float CurvedBase(float* residual, float* matrix, float* slopes)
    {
        var total = Vector512<float>.Zero;
        for (var at = 0; at < window; at += Lanes)
        {
            var slope = Vector512<float>.Zero;
            var other = Vector512<float>.Zero;
            for (var place = 0; place < window; place += 2)
            {
                slope += Vector512.Load(matrix + place * window + at) * residual[place];
                other += Vector512.Load(matrix + (place + 1) * window + at) * residual[place + 1];
            }

            slope += other;
            total += slope * Vector512.Load(residual + at);
            (slope * -2f).Store(slopes + at);
        }

        return Sum(total);
    }
}
