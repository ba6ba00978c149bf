using Reparam.Compression.Calibration;

namespace Reparam.Compression.SecondOrder;

/// <summary>The second moments of a layer, damped by the smallest share of its mean diagonal with which they can be factored, and their factor.</summary>
internal sealed class DampedFactor
{
    private DampedFactor(LayerHessian moments, double share, float[] hessian, Compensation compensation)
    {
        Moments = moments;
        Share = share;
        Hessian = hessian;
        Compensation = compensation;
    }

    /// <summary>The second moments.</summary>
    public LayerHessian Moments { get; }

    /// <summary>The share of the mean diagonal that was added to the diagonal.</summary>
    public double Share { get; }

    /// <summary>H by places, scaled and damped, [columns, columns].</summary>
    public float[] Hessian { get; }

    /// <summary>Its factor in the order of coding.</summary>
    public Compensation Compensation { get; }

    /// <summary>Damps and factors; null where not even the whole mean diagonal makes the matrix positive definite.</summary>
    /// <param name="moments">The second moments.</param>
    /// <param name="columnAt">The column at each place.</param>
    /// <param name="order">The place that is coded first, second, and so on.</param>
    /// <param name="threads">Cores; 0 for all.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <param name="smallestShare">The share to begin with.</param>
    public static DampedFactor? TryCreate(
        LayerHessian moments, int[] columnAt, int[] order, int threads, CancellationToken cancellation, double smallestShare = 0.01)
    {
        foreach (var share in LayerHessian.SharesFrom(smallestShare))
        {
            var hessian = moments.Damped(share, columnAt);

            // Of a positive semidefinite matrix no pivot is below the damping.
            if (Compensation.TryCreate(hessian, order, moments.Damping(share) / 2, threads, cancellation) is { } compensation)
            {
                return new DampedFactor(moments, share, hessian, compensation);
            }
        }

        return null;
    }
}
