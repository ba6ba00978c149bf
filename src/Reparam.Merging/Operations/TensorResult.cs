namespace Reparam.Merging;

/// <summary>How the elements of a merged tensor come about.</summary>
public sealed class TensorResult
{
    private TensorResult(BlockFunction? function, ReadOnlyMemory<double> values)
    {
        Function = function;
        Values = values;
    }

    internal BlockFunction? Function { get; }

    internal ReadOnlyMemory<double> Values { get; }

    /// <summary>Block by block, so that a tensor of any size takes little memory.</summary>
    /// <param name="function">
    /// A pure function. It is called for all blocks of the tensor, on several threads at once, in any order. What it gives for an element must not depend
    /// on where a block starts.
    /// </param>
    public static TensorResult ByBlock(BlockFunction function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new TensorResult(function, default);
    }

    /// <summary>All elements at once, for operations that see a tensor as a whole.</summary>
    /// <param name="values">[elements], last dimension fastest.</param>
    public static TensorResult Whole(ReadOnlyMemory<double> values) => new(null, values);
}
