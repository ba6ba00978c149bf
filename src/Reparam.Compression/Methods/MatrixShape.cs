using Reparam.Checkpoints;

namespace Reparam.Compression.Methods;

/// <summary>A weight seen as a matrix [out, rest].</summary>
internal static class MatrixShape
{
    /// <summary>Rows and columns of a tensor of one dimension or more, none of them 0.</summary>
    /// <exception cref="OverflowException">A side is beyond the range of an int.</exception>
    public static (int Rows, int Columns) Of(TensorInfo info)
    {
        var rows = checked((int)info.Shape[0]);
        return (rows, checked((int)(info.ElementCount / rows)));
    }
}
