using System.Runtime.Intrinsics.X86;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.Tiles;

/// <summary>
/// Multiplies with tiles of decoded weights: by the decoder of a format that has one, else by whole rows that the matrix itself decodes. Takes every
/// matrix on every path but the scalar one; but for those that decode themselves to rows of such different sizes that one power of two does not bring them
/// into the range of floats.
/// </summary>
internal sealed class TileBackend : PackedBackend
{
    public override string Name => "tiles";

    public override PackedMatrix? Create(CodedMatrix matrix, in PackedRequest request)
    {
        if (request.Path == KernelPath.Scalar)
        {
            return null;
        }

        var decoder = FormatKernelList.Find(matrix)?.Decoder(matrix, request) ?? new CodedRowDecoder(matrix, request.FirstRow, request.Rows);
        if (decoder is CodedRowDecoder { IsInRange: false })
        {
            return null;
        }

        // Each choice is a run-time check, so that an ahead-of-time compiler drops what it was not told to compile.
        return request.Path == KernelPath.Avx512 && Avx512F.IsSupported ? new TileMatrix<Lanes512>(matrix, request.Rows, request.Path, decoder)
            : request.Path == KernelPath.Avx2 && Avx2.IsSupported ? new TileMatrix<Lanes256>(matrix, request.Rows, request.Path, decoder)
            : new TileMatrix<Lanes128>(matrix, request.Rows, request.Path, decoder);
    }
}
