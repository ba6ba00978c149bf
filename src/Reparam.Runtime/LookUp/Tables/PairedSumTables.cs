using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.LookUp;

/// <summary>
/// The tables of <see cref="SignedSumTables"/> for <see cref="PrepackedBlock8"/> on byte shuffles: the second and the third quad of each sixteen inputs
/// change places, so that a byte of codes holds the two quads of eight columns; and top bytes are signed.
/// </summary>
internal sealed class PairedSumTables : SignedSumTables
{
    /// <inheritdoc/>
    public PairedSumTables(PrepackedLayout layout, KernelPrecision precision)
        : base(layout, precision)
    {
    }

    protected override bool IsBiased => false;

    protected override void Arrange(ReadOnlySpan<float> x, int shift, Span<float> padded)
    {
        base.Arrange(x, shift, padded);
        var quads = MemoryMarshal.Cast<float, Vector128<float>>(padded);
        for (var i = 0; i < quads.Length; i += 4)
        {
            (quads[i + 1], quads[i + 2]) = (quads[i + 2], quads[i + 1]);
        }
    }
}
