using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <summary>One step of a recurrent cell.</summary>
internal static class RecurrentStep
{
    /// <summary>Runs a step.</summary>
    /// <param name="cell">What is done with the gates.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="input">[N, inputs] or [inputs].</param>
    /// <param name="hidden">[N, hidden] or [hidden]; zeros when null.</param>
    /// <param name="memory">The same for a cell that has a memory.</param>
    /// <returns>The next state and memory.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static (Tensor Hidden, Tensor Memory) Run(RecurrentCell cell, RecurrentWeights weights, Tensor input, Tensor? hidden, Tensor? memory)
    {
        if (input.Rank == 1)
        {
            var (one, kept) = Run(cell, weights, input.Unsqueeze(0), hidden?.Unsqueeze(0), memory?.Unsqueeze(0));
            return (one.Squeeze(0), kept.Squeeze(0));
        }

        if (input.Rank != 2)
        {
            throw new ArgumentException($"A recurrent cell's input must be [N, inputs] or [inputs], but is {Layout.Describe(input.Shape)}.");
        }

        var (batch, width) = (input.Shape[0], weights.Hidden.Shape[1]);
        var (state, kept0) = (State(hidden, batch, width), State(memory, batch, width));
        Recurrence.Run(cell, weights, input.Unsqueeze(0), state, kept0, Tensor.Allocate(DType.Float32, [1, batch, width]), 0, backwards: false);
        return (state, kept0);
    }

    private static Tensor State(Tensor? given, long batch, long width) => given is null ? Torch.Zeros([batch, width])
        : given.Shape.SequenceEqual([batch, width]) ? given.Clone()
        : throw new ArgumentException($"A recurrent cell's state must be [{batch}, {width}], but is {Layout.Describe(given.Shape)}.");
}
