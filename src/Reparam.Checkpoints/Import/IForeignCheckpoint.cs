using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Import;

/// <summary>An open file of a foreign format; its data is read when it is asked for. What the user skips is no longer in it.</summary>
internal interface IForeignCheckpoint : IDisposable
{
    /// <summary>The tensors in the order of the file, with what writes their bytes.</summary>
    IReadOnlyList<TensorToWrite> Tensors { get; }

    /// <summary>Metadata for the result.</summary>
    IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Paths of the other files that tensors are read from.</summary>
    IEnumerable<string> OtherFiles => [];
}
