namespace Reparam.Checkpoints.Import.PyTorch.Pickle;

/// <summary>
/// An object of a class that is only a name here. What it is made of is kept as data, so that no tensor in it is lost.
/// </summary>
/// <param name="className">Full name of the class, or of the function that made the object.</param>
/// <param name="arguments">What the class or function was called with.</param>
internal sealed class PickleObject(string className, PickleTuple arguments)
{
    public string ClassName { get; } = className;

    public PickleTuple Arguments { get; } = arguments;

    /// <summary>What was set on the object afterwards: a dictionary of attributes, mostly. Null when nothing was.</summary>
    public object? State { get; set; }

    /// <summary>Items that were appended, for subclasses of lists; null for none.</summary>
    public List<object?>? Items { get; set; }

    /// <summary>Entries that were set, for subclasses of dictionaries; null for none.</summary>
    public PickleDict? Entries { get; set; }
}
