using Reparam.Compression.Calibration;
using static TorchSharp.torch;

namespace Reparam.Training;

/// <summary>
/// Σ x·xᵀ over a sequence of inputs, in double precision. Layers that have seen the same sequence hold one sum together; the layer that goes on first
/// computes the next sum, those that then see the same input follow to it, and a layer that sees another input goes its own way from the sum that they had.
/// </summary>
internal sealed class InputSum
{
    private readonly int columns;
    private readonly List<Step> steps = [];
    private InputSum? previous;
    private Tensor? sum;                // [columns, columns], of which the lower triangle counts; null before the first input
    private int holders;

    /// <summary>The sum over no input.</summary>
    /// <param name="columns">Inputs of the layers.</param>
    /// <param name="holders">How many layers start from it.</param>
    public InputSum(int columns, int holders)
    {
        this.columns = columns;
        this.holders = holders;
    }

    /// <summary>Input vectors in the sum.</summary>
    public long Tokens { get; private set; }

    /// <summary>One layer goes on by an input.</summary>
    /// <param name="input">The object that the layers were given.</param>
    /// <param name="mark">Tells its values: an object may be written over between two layers.</param>
    /// <param name="product">
    /// Gives the lower triangle of Σ x·xᵀ over the input, float64, and its number of vectors; asked if no other layer has gone this way.
    /// </param>
    /// <returns>The sum that the layer holds now.</returns>
    public InputSum Next(object input, InputMark mark, Func<(Tensor Product, long Tokens)> product)
    {
        if (steps.Find(step => step.Mark == mark && step.Input.TryGetTarget(out var known) && ReferenceEquals(known, input)) is { } taken)
        {
            Release();
            taken.To.holders++;
            return taken.To;
        }

        var (added, tokens) = product();
        if (holders > 1)
        {
            holders--;
            var next = new InputSum(columns, 1) { previous = this, sum = Plus(added).DetachFromDisposeScope(), Tokens = Tokens + tokens };
            steps.Add(new Step(new WeakReference<object>(input), mark, next));
            return next;
        }

        // Nobody else is here, and nobody may come here any more.
        Detach();
        if (sum is null)
        {
            sum = added.DetachFromDisposeScope();
        }
        else
        {
            using var moved = added.to(sum.device);
            sum.add_(moved);
        }

        Tokens += tokens;
        return this;
    }

    /// <summary>H, rounded to F32 once; null before the first input.</summary>
    /// <exception cref="OverflowException">H does not fit F32.</exception>
    public Gram? Gram()
    {
        if (sum is null || Tokens == 0)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var values = ((sum.tril() + sum.tril(-1).t()) / Tokens).to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        return Array.TrueForAll(values, float.IsFinite)
            ? new Gram(columns, values, Tokens)
            : throw new OverflowException("the mean square of its inputs is above the range of F32");
    }

    /// <summary>One layer leaves.</summary>
    public void Release()
    {
        if (--holders == 0)
        {
            Detach();
            sum?.Dispose();
            sum = null;
        }
    }

    private Tensor Plus(Tensor added)
    {
        if (sum is null)
        {
            return added;
        }

        using var moved = added.to(sum.device);
        return sum + moved;
    }

    // No layer comes here or leaves from here by a step that was taken before.
    private void Detach()
    {
        previous?.steps.RemoveAll(step => step.To == this);
        previous = null;
        steps.ForEach(step => step.To.previous = null);
        steps.Clear();
    }

    private sealed record Step(WeakReference<object> Input, InputMark Mark, InputSum To);
}

/// <summary>Two sums over the values of an input.</summary>
/// <param name="Sum">Σ x.</param>
/// <param name="Squares">Σ x².</param>
internal readonly record struct InputMark(double Sum, double Squares);
