using System.Numerics.Tensors;

namespace Reparam.Benchmarks.Parts;

/// <summary>The float32 product that packed ones are compared with: one vectorised dot product a row and input, on one thread.</summary>
internal static class DenseProduct
{
    public static void Multiply(float[] weights, float[] x, float[] y, int batch)
    {
        var columns = x.Length / batch;
        var rows = y.Length / batch;
        for (var row = 0; row < rows; row++)
        {
            var weightRow = weights.AsSpan(row * columns, columns);
            for (var i = 0; i < batch; i++)
            {
                y[i * rows + row] = TensorPrimitives.Dot(weightRow, x.AsSpan(i * columns, columns));
            }
        }
    }
}
