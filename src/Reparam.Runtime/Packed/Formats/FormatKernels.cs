using Reparam.Checkpoints.Packed;
using Reparam.Runtime.LookUp;
using Reparam.Runtime.Tiles;

namespace Reparam.Runtime.Packed;

/// <summary>
/// The kernels of one format, found by <see cref="FormatKernelList"/>. Everything is optional but the checks: a format without table kernels runs from
/// tiles, and one without a decoder of its own from whole decoded rows.
/// </summary>
internal abstract class FormatKernels
{
    /// <summary>Whether a matrix is of this format.</summary>
    public abstract bool Takes(CodedMatrix matrix);

    /// <summary>Refuses scales that are not finite.</summary>
    /// <exception cref="ArgumentException">A scale is not finite.</exception>
    public abstract void RequireFinite(CodedMatrix matrix);

    /// <summary>
    /// Adds up what rounded tables and scales owe a row, in precisions other than <see cref="KernelPrecision.Exact"/>. See <see cref="ProductBound"/>.
    /// </summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="row">Row.</param>
    /// <param name="parts">Where the parts are added.</param>
    public abstract void AddParts(CodedMatrix matrix, int row, ref ProductParts parts);

    /// <summary>Prepacks rows for a table kernel, which may also come from a file; null where there is no such kernel for the path and the precision.</summary>
    /// <param name="matrix">A matrix that this format takes.</param>
    /// <param name="request">The rows; a path other than <see cref="KernelPath.Scalar"/>.</param>
    /// <exception cref="ArgumentException">A scale is not finite.</exception>
    public virtual PrepackedWeights? Prepack(CodedMatrix matrix, in PackedRequest request) => null;

    /// <summary>A matrix whose products are looked up; null where tiles are better or nothing fits.</summary>
    /// <param name="matrix">A matrix that this format takes.</param>
    /// <param name="request">The rows; a path other than <see cref="KernelPath.Scalar"/>.</param>
    /// <exception cref="ArgumentException">A scale is not finite.</exception>
    public virtual PackedMatrix? LookUp(CodedMatrix matrix, in PackedRequest request) =>
        Prepack(matrix, request) is { } weights ? new LookUpMatrix(matrix, weights, request.Path) : null;

    /// <summary>
    /// The product of a backend with what the format does to inputs before it; the product itself where it does nothing, or where the backend does it.
    /// </summary>
    /// <param name="matrix">A matrix that this format takes.</param>
    /// <param name="product">Its rows, as a backend multiplies them.</param>
    public virtual PackedMatrix RoundInputs(CodedMatrix matrix, PackedMatrix product) => product;

    /// <summary>A decoder of tiles; null where the matrix's own <see cref="CodedMatrix.DecodeRow"/> is to serve.</summary>
    /// <param name="matrix">A matrix that this format takes.</param>
    /// <param name="request">The rows; a path other than <see cref="KernelPath.Scalar"/>.</param>
    /// <exception cref="ArgumentException">A scale is not finite.</exception>
    public virtual RowDecoder? Decoder(CodedMatrix matrix, in PackedRequest request) => null;
}
