using System.Collections.Immutable;
using System.Globalization;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Packed;

/// <summary>A format of binary coding: sign planes, and a set of scales for each block of weights. The formats differ in the form of the block.</summary>
public abstract class BinaryFormat : PackedFormat<BinaryCodingSpec, BinaryCodedMatrix>
{
    /// <summary>Suffix of the tensor with the sign planes.</summary>
    public const string CodesSuffix = ".codes";

    /// <summary>Suffix of the tensor with free scales.</summary>
    public const string ScalesSuffix = ".scales";

    /// <summary>Suffix of the tensor with power-of-two terms.</summary>
    public const string TermsSuffix = ".terms";

    private protected BinaryFormat(string name)
        : base(name)
    {
    }

    /// <summary>The format <c>row</c>.</summary>
    public static RowFormat Row { get; } = new();

    /// <summary>The format <c>column</c>.</summary>
    public static ColumnFormat Column { get; } = new();

    /// <summary>The format <c>block8</c>.</summary>
    public static Block8Format Block8 { get; } = new();

    /// <summary>What a group size is a multiple of.</summary>
    public abstract int GroupMultiple { get; }

    /// <inheritdoc/>
    public sealed override ImmutableArray<string> Suffixes => [CodesSuffix, ScalesSuffix, TermsSuffix];

    /// <summary>Words for the largest group.</summary>
    private protected abstract string Whole { get; }

    /// <summary>Rows and columns of the blocks that share a set of scales; the last ones may be smaller.</summary>
    /// <param name="rows">Rows of the matrix.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="groupSize">Weights of a block; 0 for the largest.</param>
    /// <exception cref="ArgumentException">The group size is no multiple of <see cref="GroupMultiple"/>.</exception>
    public (int Rows, int Columns) Block(int rows, int columns, int groupSize) =>
        groupSize % GroupMultiple == 0
            ? BlockOf(rows, columns, groupSize)
            : throw new ArgumentException($"groupSize is {groupSize}; the {Name} layout takes multiples of {GroupMultiple}", nameof(groupSize));

    /// <inheritdoc/>
    public sealed override PackedLayerSpec ReadSpec(CodedWeight weight, SpecMembers members) => new BinaryCodingSpec(this, weight, members);

    /// <inheritdoc/>
    public sealed override string? LostWeight(ICheckpoint checkpoint, string tensor)
    {
        if (!tensor.EndsWith(CodesSuffix, StringComparison.Ordinal))
        {
            return null;
        }

        var info = checkpoint.Info(tensor);
        return info.DType == DType.U32 && info.Shape.Length == 3 ? tensor[..^CodesSuffix.Length] : null;
    }

    /// <summary>Weights of the largest block.</summary>
    internal abstract long LargestGroup(int rows, int columns);

    /// <summary>The group size as a spec gives it: 0 where one block spans the rows or columns that it may.</summary>
    internal int StoredGroupSize(BinaryCodedMatrix matrix) => IsWhole(matrix) ? 0 : matrix.GroupSize;

    /// <summary>Whether one block spans the rows or columns that it may.</summary>
    private protected abstract bool IsWhole(BinaryCodedMatrix matrix);

    private protected abstract (int Rows, int Columns) BlockOf(int rows, int columns, int groupSize);

    /// <inheritdoc/>
    protected sealed override BinaryCodingSpec SpecOf(CodedWeight weight, BinaryCodedMatrix matrix) => new(this, weight, matrix);

    /// <inheritdoc/>
    protected sealed override BinaryCodedMatrix Read(ICheckpoint checkpoint, string weight, BinaryCodingSpec spec) =>
        Read(checkpoint, weight, spec, checkpoint.ReadArray<uint>(weight + CodesSuffix));

    /// <inheritdoc/>
    protected sealed override BinaryCodedMatrix ReadLazily(ICheckpoint checkpoint, string weight, BinaryCodingSpec spec) =>
        Read(checkpoint, weight, spec, checkpoint.ReadArrayLazily<uint>(weight + CodesSuffix));

    /// <inheritdoc/>
    protected sealed override void Write(SafetensorsWriter file, string weight, BinaryCodingSpec spec, BinaryCodedMatrix matrix)
    {
        var parts = spec.Parts(weight);
        file.Add(parts[0].Name, parts[0].Shape.AsSpan(), matrix.Codes);
        if (spec.ScaleTerms == 0)
        {
            file.Add(parts[1].Name, parts[1].Shape.AsSpan(), matrix.Scales);
        }
        else
        {
            file.Add(parts[1].Name, parts[1].Shape.AsSpan(), matrix.Terms);
        }
    }

    /// <inheritdoc/>
    protected sealed override string? Problem(BinaryCodedMatrix matrix) => BinaryCanonicalForm.Problem(matrix);

    /// <inheritdoc/>
    protected sealed override string? ProblemOfLazy(BinaryCodedMatrix matrix) => BinaryCanonicalForm.ProblemOfScales(matrix);

    /// <inheritdoc/>
    protected sealed override PackedSummary Describe(BinaryCodingSpec spec) => new()
    {
        Bits = spec.Bits.ToString(CultureInfo.InvariantCulture),
        Group = spec.GroupSize == 0 ? Whole : spec.GroupSize.ToString("N0", CultureInfo.InvariantCulture),
        Scales = spec.ScaleTerms == 0 ? "free" : string.Create(CultureInfo.InvariantCulture, $"{spec.ScaleTerms} powers"),
    };

    private BinaryCodedMatrix Read(ICheckpoint checkpoint, string weight, BinaryCodingSpec spec, ReadOnlyMemory<uint> codes) => new(
        spec.Rows, spec.Columns, spec.Bits, spec.GroupSize, spec.ScaleExponent, codes,
        spec.ScaleTerms == 0 ? checkpoint.ReadArray<Half>(weight + ScalesSuffix) : [],
        spec.ScaleTerms == 0 ? [] : checkpoint.ReadArray<byte>(weight + TermsSuffix),
        spec.ScaleTerms, this);
}
