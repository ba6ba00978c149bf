namespace Reparam.Generators.Layers.Contents;

/// <summary>The kinds of <see cref="SourceChange"/>.</summary>
internal enum SourceChangeKind
{
    /// <summary>The variable is assigned the value.</summary>
    Assigned,

    /// <summary>The value is added to the collection: <c>Add</c>, <c>append</c>.</summary>
    Added,

    /// <summary>The elements of the value are added to the collection: <c>extend</c>, <c>AddRange</c>.</summary>
    AddedAll,

    /// <summary>An element of the collection is replaced by the value, at an index or a key.</summary>
    Put,

    /// <summary>The value becomes a child of that name: <c>register_module</c>.</summary>
    Registered,

    /// <summary>The variable is an argument of a method with source, whose parameter is named by the value's place.</summary>
    HandedOn,

    /// <summary>An argument of the base class's constructor; the variable is the class itself.</summary>
    GivenToBase,
}
