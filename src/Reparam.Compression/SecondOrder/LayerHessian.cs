using System.Runtime.CompilerServices;
using Reparam.Compression.Calibration;

namespace Reparam.Compression.SecondOrder;

/// <summary>
/// The second moments of a layer's inputs, ready for coding: scaled by a power of two so that the mean of the diagonal is near 1, and damped, which also gives
/// inputs that were always zero a small weight of their own.
/// </summary>
internal sealed class LayerHessian
{
    /// <summary>
    /// Shares of the mean diagonal to add, in the order in which they are tried until the matrix can be factored: 1 % as in GPTQ, then tenfold.
    /// </summary>
    public static readonly double[] DampingShares = [0.01, 0.1, 1];

    private readonly Gram gram;
    private readonly double mean;

    private LayerHessian(Gram gram, double mean)
    {
        this.gram = gram;
        this.mean = mean;
        Exponent = Math.ILogB(mean);
    }

    /// <summary>Columns of the layer.</summary>
    public int Columns => gram.Columns;

    /// <summary>H = 2^Exponent times the scaled matrix.</summary>
    public int Exponent { get; }

    /// <summary>Whether H is a multiple of the unit matrix, so that output error and weight error are the same.</summary>
    public bool IsUnit
    {
        get
        {
            var values = gram.Values.Span;
            for (var i = 0; i < Columns; i++)
            {
                var row = values.Slice(i * Columns, Columns);
                if (row[i] != values[0] || row[..i].ContainsAnyExcept(0f) || row[(i + 1)..].ContainsAnyExcept(0f))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>The matrix of a layer; null where it says nothing, because all inputs were zero.</summary>
    public static LayerHessian? Of(Gram gram)
    {
        var values = gram.Values.Span;
        var trace = 0.0;
        for (var k = 0; k < gram.Columns; k++)
        {
            trace += values[k * gram.Columns + k];
        }

        return trace > 0 && double.IsFinite(trace) ? new LayerHessian(gram, trace / gram.Columns) : null;
    }

    /// <summary>The shares to try where another is to be the smallest.</summary>
    /// <param name="smallest">Above 0, at most 1.</param>
    public static IEnumerable<double> SharesFrom(double smallest) => [smallest, .. DampingShares.Where(share => share > smallest)];

    /// <summary>What a share of the mean diagonal is in the scaled matrix.</summary>
    public double Damping(double share) => Math.ScaleB(share * mean, -Exponent);

    /// <summary>The scaled matrix with a share of its mean diagonal added to the diagonal, [columns, columns].</summary>
    /// <param name="share">Of the mean diagonal.</param>
    /// <param name="columnAt">The column at each place.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public float[] Damped(double share, ReadOnlySpan<int> columnAt)
    {
        var damped = new float[gram.Values.Length];
        var values = gram.Values.Span;
        var factor = Math.ScaleB(1, -Exponent);
        for (var i = 0; i < Columns; i++)
        {
            var row = values.Slice(columnAt[i] * Columns, Columns);
            var destination = damped.AsSpan(i * Columns, Columns);
            for (var j = 0; j < Columns; j++)
            {
                destination[j] = (float)(row[columnAt[j]] * factor);
            }

            destination[i] = (float)(row[columnAt[i]] * factor + Damping(share));
        }

        return damped;
    }
}
