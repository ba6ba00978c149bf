using Reparam.Fuzz.Mutation;

namespace Reparam.Fuzz;

/// <summary>A reader of the product, with good files for it and what it may throw.</summary>
internal abstract class FuzzReader
{
    /// <summary>Name on the command line and in the names of saved files.</summary>
    public abstract string Name { get; }

    /// <summary>Name of the file that is read: readers look at its ending.</summary>
    public abstract string FileName { get; }

    /// <summary>Good files. A reader that refuses one is wrong itself.</summary>
    public abstract IReadOnlyList<Seed> Seeds { get; }

    /// <summary>How the files are taken apart.</summary>
    public abstract Container Container { get; }

    /// <summary>The exceptions that the reader's documentation names.</summary>
    public abstract IReadOnlyList<Type> Documented { get; }

    /// <summary>Reads the file as the product does, and uses what was read.</summary>
    /// <param name="path">The file.</param>
    public abstract void Read(string path);
}
