namespace Reparam.Fuzz.Mutation;

/// <summary>Takes a file apart and puts it together again with the lengths that belong to its mutated parts, so that a reader gets beyond them.</summary>
internal abstract class Container
{
    /// <summary>The parts; null if the bytes are no such file.</summary>
    public abstract Part[]? Split(byte[] file);

    /// <summary>A file of these parts.</summary>
    public abstract byte[] Join(Part[] parts);

    /// <summary>Changes what the parts say of each other, so that they still agree: <c>null</c> where a kind of file has nothing of this.</summary>
    /// <param name="random">Says how.</param>
    /// <param name="parts">The parts of a good file.</param>
    public virtual Part[]? Restructure(Random random, Part[] parts) => null;
}
