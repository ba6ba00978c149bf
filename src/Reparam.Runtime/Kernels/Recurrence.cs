using System.Numerics.Tensors;
using Reparam.Runtime.Kernels.Operations;

namespace Reparam.Runtime.Kernels;

/// <summary>Recurrent layers: all products with the inputs first, then step by step those with the state.</summary>
internal static class Recurrence
{
    /// <summary>Number of gates of a cell.</summary>
    public static int Gates(RecurrentCell cell) => cell switch
    {
        RecurrentCell.Lstm => 4,
        RecurrentCell.Gru => 3,
        _ => 1,
    };

    /// <summary>Runs one layer in one direction.</summary>
    /// <param name="cell">What is done with the gates.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="input">[steps, N, inputs].</param>
    /// <param name="hidden">[N, hidden], contiguous: the first state, which becomes the last.</param>
    /// <param name="memory">[N, hidden], contiguous: the first memory, which becomes the last; null for cells that have none.</param>
    /// <param name="output">[steps, N, width]: gets the states.</param>
    /// <param name="column">Where in a row of the output the states begin.</param>
    /// <param name="backwards">Whether the last step is the first.</param>
    public static void Run(
        RecurrentCell cell, RecurrentWeights weights, Tensor input, Tensor hidden, Tensor? memory, Tensor output, int column, bool backwards)
    {
        var (steps, batch, width) = ((int)input.Shape[0], (int)input.Shape[1], (int)hidden.Shape[1]);
        var inputs = LinearKernel.Run(input, weights.Input, weights.InputBias);
        var gates = Gates(cell) * width;
        var row = (int)output.Shape[2];
        for (var i = 0; i < steps; i++)
        {
            var step = backwards ? steps - 1 - i : i;
            using var states = LinearKernel.Run(hidden, weights.Hidden, weights.HiddenBias);
            for (var n = 0; n < batch; n++)
            {
                var x = Pointwise.Flat<float>(inputs).Slice(((step * batch) + n) * gates, gates);
                var h = Pointwise.Flat<float>(states).Slice(n * gates, gates);
                var state = Pointwise.Flat<float>(hidden).Slice(n * width, width);
                Step(cell, x, h, state, memory is null ? default : Pointwise.Flat<float>(memory).Slice(n * width, width));
                state.CopyTo(Pointwise.Flat<float>(output).Slice((((step * batch) + n) * row) + column, width));
            }
        }
    }

    private static void Step(RecurrentCell cell, Span<float> x, Span<float> h, Span<float> state, Span<float> memory)
    {
        var width = state.Length;
        switch (cell)
        {
            case RecurrentCell.Lstm:
                TensorPrimitives.Add(x, h, x);
                TensorPrimitives.Sigmoid(x[..(2 * width)], x[..(2 * width)]);
                VectorMap.Apply<HyperbolicTangent>(x.Slice(2 * width, width), x.Slice(2 * width, width));
                TensorPrimitives.Sigmoid(x[(3 * width)..], x[(3 * width)..]);
                TensorPrimitives.Multiply(x[..width], x.Slice(2 * width, width), x[..width]);
                TensorPrimitives.MultiplyAdd(x.Slice(width, width), memory, x[..width], memory);
                VectorMap.Apply<HyperbolicTangent>(memory, state);
                TensorPrimitives.Multiply(state, x[(3 * width)..], state);
                break;
            case RecurrentCell.Gru:
                TensorPrimitives.Add(x[..(2 * width)], h[..(2 * width)], x[..(2 * width)]);
                TensorPrimitives.Sigmoid(x[..(2 * width)], x[..(2 * width)]);
                var candidate = x[(2 * width)..];
                TensorPrimitives.MultiplyAdd(x[..width], h[(2 * width)..], candidate, candidate);
                VectorMap.Apply<HyperbolicTangent>(candidate, candidate);
                TensorPrimitives.Subtract(state, candidate, state);
                TensorPrimitives.MultiplyAdd(state, x.Slice(width, width), candidate, state);
                break;
            case RecurrentCell.Tanh:
                TensorPrimitives.Add(x, h, state);
                VectorMap.Apply<HyperbolicTangent>(state, state);
                break;
            default:
                TensorPrimitives.Add(x, h, state);
                TensorPrimitives.Max(state, 0, state);
                break;
        }
    }
}
