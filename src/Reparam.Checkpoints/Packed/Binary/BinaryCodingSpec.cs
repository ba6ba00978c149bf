using System.Collections.Immutable;
using System.Text.Json;

namespace Reparam.Checkpoints.Packed;

/// <summary>The stored form of a <see cref="BinaryCodedMatrix"/>: the formats row, column and block8.</summary>
public sealed record BinaryCodingSpec : PlanesSpec
{
    internal BinaryCodingSpec(BinaryFormat format, CodedWeight weight, BinaryCodedMatrix matrix)
        : base(format, weight, matrix) => (GroupSize, ScaleTerms) = (format.StoredGroupSize(matrix), matrix.ScaleTerms);

    internal BinaryCodingSpec(BinaryFormat format, CodedWeight weight, SpecMembers members)
        : base(format, weight, members) => (GroupSize, ScaleTerms) = (members.Int32("groupSize"), members.Int32("scaleTerms"));

    /// <summary>Which weights share scales.</summary>
    public new BinaryFormat Format => (BinaryFormat)base.Format;

    /// <summary>Weights that share a set of scales, at most a row, a column or eight columns, in block8 a multiple of 8; 0 for all of it.</summary>
    public int GroupSize { get; }

    /// <summary>0 for free half-precision scales, else the number of powers of two in a scale, 1 to 3.</summary>
    public int ScaleTerms { get; }

    /// <inheritdoc/>
    public override ImmutableArray<TensorInfo> Parts(string weight)
    {
        var (blockRows, blockColumns) = Format.Block(Rows, Columns, GroupSize);
        long rowBlocks = CodedMatrix.DivideUp(Rows, blockRows), columnBlocks = CodedMatrix.DivideUp(Columns, blockColumns);
        return
        [
            new(weight + BinaryFormat.CodesSuffix, DType.U32, [Bits, Rows, CodedMatrix.DivideUp(Columns, 32)]),
            ScaleTerms == 0
                ? new(weight + BinaryFormat.ScalesSuffix, DType.F16, [rowBlocks, columnBlocks, Bits])
                : new(weight + BinaryFormat.TermsSuffix, DType.U8, [rowBlocks, columnBlocks, Bits, ScaleTerms]),
        ];
    }

    /// <inheritdoc/>
    public override void WriteMembers(Utf8JsonWriter json)
    {
        base.WriteMembers(json);
        json.WriteNumber("groupSize", GroupSize);
        json.WriteNumber("scaleTerms", ScaleTerms);
    }

    /// <inheritdoc/>
    protected override string? ProblemOfMembers()
    {
        if (base.ProblemOfMembers() is { } problem)
        {
            return problem;
        }

        return GroupSize % Format.GroupMultiple != 0
            ? $"found groupSize {GroupSize}, expected a multiple of {Format.GroupMultiple} in the {Format} layout"
            : OutOfRange("groupSize", GroupSize, 0, (int)Math.Min(Format.LargestGroup(Rows, Columns), int.MaxValue)) ??
                OutOfRange("scaleTerms", ScaleTerms, 0, BinaryCodedMatrix.MaxScaleTerms);
    }
}
