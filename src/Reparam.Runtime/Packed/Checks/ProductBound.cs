using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>
/// What a right kernel may owe one output y = Σ_k w[k]·x[k] at most, on whatever path, when every input lies within ±1 and the inputs are not made for the
/// matrix.
/// </summary>
/// <remarks>
/// <para>
/// Kernels do not add weights but what weights are made of. The <em>amplitude</em> a[k] of a column is the sum of the magnitudes of these parts: 2^e·Σ_b
/// |α_b| in binary coding, 2^e·S·step·(Σ_b a_b + |o| + |o_min|) in nested profiles with o_min the table's smallest offset, 2^e·S·step times the largest sum
/// of absolute elements of the vectors in codebooks. It may be far larger than |w[k]|: signs cancel. So what a kernel owes a row of weights near zero is
/// not small against its weights, but it is small against Σ a.
/// </para>
/// <para>
/// <em>Sums in single precision.</em> With u = 2⁻²⁴ and n = addends·columns + 64 roundings at most on a value's way, the error of sums is at most n·u·Σ a.
/// Roundings do not conspire: λ·√n·u·Σ a holds but for a chance of 2n·exp(−λ²/2), n·3e-14 for λ = 8 (Higham and Mary 2019). The smaller of the two counts.
/// </para>
/// <para>
/// <em>Tables</em> (in <see cref="KernelPrecision.Default"/> and <see cref="KernelPrecision.Fast"/>). A look-up is wrong by half a step, and a step is L/T,
/// with L the largest entry of a segment's tables and T = 32639 (default) or 127 (fast). Look-up q then owes c_q = 0.51·L/T·A_q, the 0.01 for the rounding
/// of the entries before. In the row layout and in nested profiles tables are made of inputs, so L ≤ 4, a look-up serves a quad of columns, and A_q is the
/// amplitude of the row's own quad; in nested profiles with |o|, because many input rows are rounded one by one and meet whole weights: half a step each.
/// Tables that hold scales too (column, block8) have L ≤ 4·max |α| over the segment's columns, at most 128. Tables of codebooks have L ≤ the largest sum
/// of absolute elements of a vector, and A_q = 2^e·S·step for each index. In the format uniform an input of a group is wrong by half a step L/T, L ≤ 1, and
/// meets the group's largest weight at most. Nested offsets meet the sums of 16 inputs, rounded to 16 bits in both precisions: 0.51·16/32767·2^e·S·step·(o −
/// o_min) for each group. The sum of all c_q holds always. By Hoeffding's inequality λ·√(Σ c_q²) holds but for a chance of 2·exp(−λ²/2) = 3e-14, because
/// inputs that are not made for the matrix round up as often as down. The smaller of the two counts.
/// </para>
/// <para>
/// <em>Scales as integers</em> (block8 in default and fast) are off by at most 2e-5 of a segment's scales in the 2-norm (<see cref="Block8Scales"/>): with
/// 8·G columns min(λ, √(8·G))·2e-5·√(8·bits·Σ α²).
/// </para>
/// <para><em>Weights near the smallest float.</em> The definition rounds each decoded weight to a multiple of 2⁻¹⁴⁹, which kernels do not:
/// columns·2⁻¹⁴⁹.</para>
/// </remarks>
/// <param name="Error">Largest |found − y|.</param>
/// <param name="Amplitude">Σ_k a[k]: neither a partial sum nor a result is larger.</param>
internal readonly record struct ProductBound(double Error, double Amplitude)
{
    private const double Unit = 1.0 / (1 << 24);
    private const double DefaultSteps = (127 * 256) + 127;
    private const double FastSteps = 127;
    private const double SmallestFloat = float.Epsilon;
    private const int FurtherRoundings = 64;

    /// <summary>
    /// The bound of a row of a coded matrix. A format without kernels of its own runs from decoded weights, with the amplitude and the addends that its
    /// matrix says.
    /// </summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="row">Row.</param>
    /// <param name="precision">How the inputs enter the product. Ways that round less than it says are within the bound too.</param>
    public static ProductBound Of(CodedMatrix matrix, int row, KernelPrecision precision)
    {
        var parts = new ProductParts(precision == KernelPrecision.Fast ? FastSteps : DefaultSteps);
        if (precision != KernelPrecision.Exact)
        {
            FormatKernelList.Find(matrix)?.AddParts(matrix, row, ref parts);
        }

        return Of(matrix.Amplitude(row), parts.Rounded, matrix.Addends, matrix.Columns);
    }

    /// <summary>The bound of a row of weights that are not coded, multiplied in single precision.</summary>
    /// <param name="amplitude">Σ_k |w[k]·x[k]|.</param>
    /// <param name="columns">Columns.</param>
    public static ProductBound OfDense(double amplitude, int columns) => Of(amplitude, 0, 1, columns);

    private static ProductBound Of(double amplitude, double rounded, int addends, int columns)
    {
        var roundings = ((double)addends * columns) + FurtherRoundings;
        var sums = Math.Min(roundings, ProductParts.Lambda * Math.Sqrt(roundings)) * Unit * amplitude;
        return new ProductBound(rounded + sums + (columns * SmallestFloat), amplitude);
    }
}
