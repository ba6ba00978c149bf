using System.Collections.Immutable;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Packed;

/// <summary>
/// How a coded matrix lies in a packed file: the members of its spec, its parts, their reading, writing and canonical form (docs/formats/packed.md, "A
/// format"). A format keeps no state; <see cref="PackedFormats"/> has those that files may be read with. Most derive from
/// <see cref="PackedFormat{TSpec, TMatrix}"/>, which casts.
/// </summary>
public abstract class PackedFormat : IEquatable<PackedFormat>
{
    /// <summary>Names the format.</summary>
    /// <param name="name">What specs say in their member <c>layout</c>: lower-case letters, digits and hyphens.</param>
    /// <exception cref="ArgumentException">The name has other characters, or none.</exception>
    protected PackedFormat(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!name.All(static c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '-'))
        {
            throw new ArgumentException($"found the format name '{Printable.Of(name)}', expected lower-case letters, digits and hyphens", nameof(name));
        }

        Name = name;
    }

    /// <summary>The name in the member <c>layout</c> of a spec.</summary>
    public string Name { get; }

    /// <summary>Ends of the names of all tensors that a weight may be stored in, each with its dot (<c>.codes</c>); a table's is among them.</summary>
    public abstract ImmutableArray<string> Suffixes { get; }

    /// <summary>The spec of a coded matrix. Its table, if it has one, is named after the weight: <c>W.table</c>.</summary>
    /// <param name="weight">Name, method, shape and type of the weight.</param>
    /// <param name="matrix">A matrix of this format.</param>
    /// <exception cref="ArgumentException">The matrix is of another format.</exception>
    public abstract PackedLayerSpec SpecOf(CodedWeight weight, CodedMatrix matrix);

    /// <summary>Reads a spec's own members; those that every spec has are read already. A member that is not asked for is refused afterwards.</summary>
    /// <param name="weight">Name, method, shape and type of the weight.</param>
    /// <param name="members">The members.</param>
    /// <exception cref="System.Text.Json.JsonException">A member is missing or of another type; <paramref name="members"/> throws it.</exception>
    public abstract PackedLayerSpec ReadSpec(CodedWeight weight, SpecMembers members);

    /// <summary>Reads a matrix from parts whose types and shapes have been checked.</summary>
    /// <param name="checkpoint">The file.</param>
    /// <param name="weight">Name of the weight.</param>
    /// <param name="spec">Its spec, of this format, without a <see cref="PackedLayerSpec.Problem"/>.</param>
    /// <exception cref="CheckpointException">The file cannot be read any more, or its bytes do not have their checksum.</exception>
    public abstract CodedMatrix Read(ICheckpoint checkpoint, string weight, PackedLayerSpec spec);

    /// <summary>
    /// The same for a program that may not need the codes. A format whose codes are large may read them when they are first touched
    /// (<see cref="CheckpointExtensions.ReadArrayLazily"/>).
    /// </summary>
    /// <returns>The matrix; not to be used once the file is closed. The default reads all of it.</returns>
    /// <exception cref="CheckpointException">As for <see cref="Read"/>.</exception>
    public virtual CodedMatrix ReadLazily(ICheckpoint checkpoint, string weight, PackedLayerSpec spec) => Read(checkpoint, weight, spec);

    /// <summary>Adds the parts of a matrix to a file: exactly those that <see cref="PackedLayerSpec.Parts"/> lists. The writer adds the table itself.</summary>
    /// <param name="file">The file.</param>
    /// <param name="weight">Name of the weight.</param>
    /// <param name="spec">What <see cref="SpecOf"/> gave.</param>
    /// <param name="matrix">The matrix.</param>
    public abstract void Write(SafetensorsWriter file, string weight, PackedLayerSpec spec, CodedMatrix matrix);

    /// <summary>
    /// What breaks the canonical form of a matrix, or null: nothing may be left undefined, such as bits behind the last column, and every weight must be
    /// finite. Told of a matrix that is written, and of one that is read.
    /// </summary>
    /// <param name="matrix">A matrix of this format.</param>
    public abstract string? Problem(CodedMatrix matrix);

    /// <summary>The same without a look at what <see cref="ReadLazily"/> has not read. The default is <see cref="Problem"/>.</summary>
    public virtual string? ProblemOfLazy(CodedMatrix matrix) => Problem(matrix);

    /// <summary>What lists of coded weights show of a weight beside name, shape and size. By default nothing.</summary>
    /// <param name="spec">A spec of this format.</param>
    public virtual PackedSummary Describe(PackedLayerSpec spec) => new();

    /// <summary>
    /// The weight that a tensor would be a part of, where its name, type and shape leave no doubt that it is one; null, the default, where it could be any
    /// tensor. Such a tensor is refused where no layer lists the weight: the spec got lost, and without it the weight would be missing.
    /// </summary>
    /// <param name="checkpoint">The file.</param>
    /// <param name="tensor">Name of a tensor of the file.</param>
    public virtual string? LostWeight(ICheckpoint checkpoint, string tensor) => null;

    /// <summary>Two formats are equal when they are of one class and have one name.</summary>
    public bool Equals(PackedFormat? other) => other is not null && other.GetType() == GetType() && other.Name == Name;

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as PackedFormat);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>The name.</summary>
    public sealed override string ToString() => Name;
}
