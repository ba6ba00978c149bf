using System.Globalization;
using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <summary>Recurrent layers one on the other, in one direction or in both.</summary>
internal sealed class RecurrentStack
{
    private readonly string name;
    private readonly RecurrentCell cell;
    private readonly long inputs;
    private readonly long hidden;
    private readonly bool batchFirst;
    private readonly int directions;
    private readonly RecurrentWeights[] weights;

    public RecurrentStack(string name, RecurrentCell cell, long inputs, long hidden, long layers, bool bias, bool batchFirst, bool bidirectional)
    {
        this.name = name;
        this.cell = cell;
        this.inputs = inputs;
        this.hidden = hidden;
        this.batchFirst = batchFirst;
        directions = bidirectional ? 2 : 1;
        weights = new RecurrentWeights[layers * directions];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = new RecurrentWeights(Recurrence.Gates(cell), i < directions ? inputs : hidden * directions, hidden, bias);
        }
    }

    /// <summary>Weights of a layer, forwards and backwards in turn.</summary>
    public RecurrentWeights this[long index] => weights[index];

    /// <summary>Names the weights as TorchSharp does.</summary>
    public void Visit(ComponentVisitor visitor)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            var layer = (i / directions).ToString(CultureInfo.InvariantCulture);
            weights[i].Visit(visitor, i % directions == 0 ? $"_l{layer}" : $"_l{layer}_reverse");
        }
    }

    /// <summary>Runs a sequence through all layers.</summary>
    /// <param name="input">[steps, N, inputs], or [N, steps, inputs] where the batch is first, or [steps, inputs].</param>
    /// <param name="first">[layers · directions, N, hidden]: the first states; zeros when null.</param>
    /// <param name="memory">The same for the memory of a cell that has one.</param>
    /// <returns>The states of the last layer; the last states and memories of all layers.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public (Tensor Output, Tensor Hidden, Tensor? Memory) Run(Tensor input, Tensor? first, Tensor? memory)
    {
        if (input.Rank == 2)
        {
            var unbatched = new RecurrentStack(this).Run(input.Unsqueeze(1), first?.Unsqueeze(1), memory?.Unsqueeze(1));
            return (unbatched.Output.Squeeze(1), unbatched.Hidden.Squeeze(1), unbatched.Memory?.Squeeze(1));
        }

        if (input.Rank != 3 || input.Shape[2] != inputs || input.Dtype != DType.Float32)
        {
            throw new ArgumentException(
                $"{name}: the input must be Float32 [{(batchFirst ? "N, steps" : "steps, N")}, {inputs}] or [steps, {inputs}], but is {input.Dtype} "
                    + $"{Layout.Describe(input.Shape)}.");
        }

        var x = (batchFirst ? input.Transpose(0, 1) : input).Contiguous();
        var (steps, batch) = (x.Shape[0], x.Shape[1]);
        var lastHidden = State(first, batch, "first states");
        var lastMemory = cell == RecurrentCell.Lstm ? State(memory, batch, "first memories") : null;
        for (var layer = 0; layer < weights.Length / directions; layer++)
        {
            var output = Tensor.Allocate(DType.Float32, [steps, batch, hidden * directions]);
            for (var direction = 0; direction < directions; direction++)
            {
                var index = (layer * directions) + direction;
                Recurrence.Run(
                    cell, weights[index], x, lastHidden.Select(0, index), lastMemory?.Select(0, index), output, (int)(direction * hidden), direction == 1);
            }

            x = output;
        }

        return (batchFirst ? x.Transpose(0, 1).Contiguous() : x, lastHidden, lastMemory);
    }

    // The same layers for sequences without a batch.
    private RecurrentStack(RecurrentStack other)
    {
        (name, cell, inputs, hidden, batchFirst, directions, weights) =
            (other.name, other.cell, other.inputs, other.hidden, false, other.directions, other.weights);
    }

    // A copy, because each step overwrites it.
    private Tensor State(Tensor? given, long batch, string what)
    {
        ReadOnlySpan<long> shape = [weights.Length, batch, hidden];
        if (given is null)
        {
            return Torch.Zeros(shape);
        }

        return given.Shape.SequenceEqual(shape) && given.Dtype == DType.Float32
            ? given.Clone()
            : throw new ArgumentException(
                $"{name}: the {what} must be Float32 {Layout.Describe(shape)}, but are {given.Dtype} {Layout.Describe(given.Shape)}.");
    }
}
