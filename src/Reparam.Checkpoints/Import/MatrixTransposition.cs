using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Import;

/// <summary>Turns a matrix that lies in a file as [columns, rows].</summary>
internal static class MatrixTransposition
{
    /// <summary>A source of the matrix's rows. The matrix is in memory while it is written.</summary>
    /// <param name="stored">Gives the bytes as they are stored: columns · rows elements.</param>
    /// <param name="rows">Rows of the result.</param>
    /// <param name="columns">Columns of the result.</param>
    /// <param name="size">Bytes of an element.</param>
    public static TensorSource Transposed(this TensorSource stored, int rows, int columns, int size) => (destination, cancellationToken) =>
    {
        using var bytes = new MemoryStream(checked(rows * columns * size));
        stored(bytes, cancellationToken);
        var matrix = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        var row = new byte[columns * size];
        for (var r = 0; r < rows; r++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var c = 0; c < columns; c++)
            {
                matrix.Slice(((c * rows) + r) * size, size).CopyTo(row.AsSpan(c * size));
            }

            destination.Write(row);
        }
    };
}
