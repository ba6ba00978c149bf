using System.Globalization;
using System.Runtime.ExceptionServices;
using Reparam.Checkpoints;
using Reparam.Merging.Diagnostics;

namespace Reparam.Merging.Engine;

/// <summary>Computes merged tensors block by block on several threads, and writes the blocks in order.</summary>
/// <param name="output">Path of the result, for messages.</param>
/// <param name="threads">Blocks that are computed at once; the bytes do not depend on it.</param>
/// <param name="failure">Tells what the operation throws.</param>
internal sealed class TensorWriter(string output, int threads, OperationFailure failure)
{
    private readonly Slot?[] slots = new Slot?[threads];

    /// <summary>Writes a tensor.</summary>
    /// <param name="tensor">The tensor, with the type of the result.</param>
    /// <param name="result">How its elements come about.</param>
    /// <param name="destination">Where its bytes go.</param>
    /// <param name="cancellation">Ends the write.</param>
    /// <exception cref="CheckpointOperationException">
    /// RPB0173: a value cannot be merged, or its type cannot hold the result. RPB0171, RPB0178: the operation refuses an option, or fails.
    /// </exception>
    public void Write(TensorInputs tensor, TensorResult result, Stream destination, CancellationToken cancellation)
    {
        var elements = tensor.Info.ElementCount;
        if (result.Function is null && result.Values.Length != elements)
        {
            throw failure.Error(tensor.Info.Name, $"it gave {result.Values.Length} values, expected {elements}");
        }

        var blocks = (elements + Blocks.Length - 1) / Blocks.Length;
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        for (long first = 0; first < blocks; first += threads)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = (int)Math.Min(threads, blocks - first);
            if (count == 1)
            {
                SlotAt(0, tensor).Compute(tensor, result, first * Blocks.Length, output);
            }
            else
            {
                var start = first;
                Parallel.For(0, count, options, i => SlotAt(i, tensor).Compute(tensor, result, (start + i) * Blocks.Length, output));
            }

            for (var i = 0; i < count; i++)
            {
                destination.Write(slots[i]!.Bytes);
            }
        }
    }

    private Slot SlotAt(int index, TensorInputs tensor) => slots[index] ??= new Slot(tensor.InputCount, tensor.HasBase, failure);

    /// <summary>What one thread works in.</summary>
    private sealed class Slot(int inputs, bool hasBase, OperationFailure operation)
    {
        private readonly TensorBlock block = new(inputs, hasBase, Blocks.Length);
        private readonly byte[] bytes = new byte[Blocks.Length * sizeof(double)];
        private ExceptionDispatchInfo? failure;
        private int length;

        /// <summary>The block's bytes.</summary>
        public ReadOnlySpan<byte> Bytes
        {
            get
            {
                // The first block's failure is told, whichever thread was faster.
                failure?.Throw();
                return bytes.AsSpan(0, length);
            }
        }

        public void Compute(TensorInputs tensor, TensorResult result, long start, string output)
        {
            failure = null;
            try
            {
                Fill(tensor, result, start, output);
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        }

        private void Fill(TensorInputs tensor, TensorResult result, long start, string output)
        {
            var count = Blocks.LengthAt(start, tensor.Info.ElementCount);
            ReadOnlySpan<double> values;
            if (result.Function is { } function)
            {
                block.Fill(tensor, start, count);
                operation.Guard(tensor.Info.Name, () =>
                {
                    function(block);
                    return block;
                });
                values = block.Result;
            }
            else
            {
                values = result.Values.Span.Slice((int)start, count);
            }

            length = count * tensor.Info.DType.BitSize() / 8;
            var first = FloatElements.FromDoubles(tensor.Info.DType, values, bytes.AsSpan(0, length));
            if (first >= 0)
            {
                var expected = double.IsFinite(values[first])
                    ? $"which {tensor.Info.DType.FormatName()} cannot hold; --dtype takes a wider type"
                    : "expected a finite number";
                throw new CheckpointOperationException(output, OperationCodes.ValueProblem, string.Create(
                    CultureInfo.InvariantCulture, $"tensor '{tensor.Info.Name}': the merged value at element {start + first} is {values[first]}, {expected}"));
            }
        }
    }
}
