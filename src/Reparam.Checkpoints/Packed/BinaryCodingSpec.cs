using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Packed;

/// <summary>The stored form of a <see cref="BinaryCodedMatrix"/>: the layouts row, column and block8.</summary>
public sealed record BinaryCodingSpec : PackedLayerSpec
{
    /// <summary>Weights that share a set of scales, at most a row, a column or eight columns, in block8 a multiple of 8; 0 for all of it.</summary>
    public required int GroupSize { get; init; }

    /// <summary>0 for free half-precision scales, else the number of powers of two in a scale, 1 to 3.</summary>
    public required int ScaleTerms { get; init; }

    /// <summary>Weights of one row, one column or eight columns: the largest group.</summary>
    [JsonIgnore]
    private long Span => Layout switch
    {
        PackedLayout.Row => Columns,
        PackedLayout.Column => Rows,
        _ => 8L * Rows,
    };

    internal static BinaryCodingSpec Of(string method, ImmutableArray<long> shape, DType sourceType, BinaryCodedMatrix matrix) => new()
    {
        Method = method,
        Shape = shape,
        DType = sourceType,
        Layout = matrix.Layout,
        Bits = matrix.Bits,
        ScaleExponent = matrix.ScaleExponent,
        GroupSize = (matrix.Layout == PackedLayout.Row ? matrix.ColumnBlocks : matrix.RowBlocks) == 1 ? 0 : matrix.GroupSize,
        ScaleTerms = matrix.ScaleTerms,
    };

    internal override ImmutableArray<TensorInfo> Parts(string weight)
    {
        var (blockRows, blockColumns) = BinaryCodedMatrix.Block(Layout, Rows, Columns, GroupSize);
        long rowBlocks = CodedMatrix.DivideUp(Rows, blockRows), columnBlocks = CodedMatrix.DivideUp(Columns, blockColumns);
        return
        [
            new(weight + PackedFormat.CodesSuffix, DType.U32, [Bits, Rows, CodedMatrix.DivideUp(Columns, 32)]),
            ScaleTerms == 0
                ? new(weight + PackedFormat.ScalesSuffix, DType.F16, [rowBlocks, columnBlocks, Bits])
                : new(weight + PackedFormat.TermsSuffix, DType.U8, [rowBlocks, columnBlocks, Bits, ScaleTerms]),
        ];
    }

    internal override BinaryCodedMatrix Read(ICheckpoint checkpoint, string weight) => new(
        Rows, Columns, Bits, GroupSize, ScaleExponent,
        checkpoint.ReadArray<uint>(weight + PackedFormat.CodesSuffix),
        ScaleTerms == 0 ? checkpoint.ReadArray<Half>(weight + PackedFormat.ScalesSuffix) : [],
        ScaleTerms == 0 ? [] : checkpoint.ReadArray<byte>(weight + PackedFormat.TermsSuffix),
        ScaleTerms, Layout);

    internal override BinaryCodedMatrix ReadLazily(ICheckpoint checkpoint, string weight) => new(
        Rows, Columns, Bits, GroupSize, ScaleExponent,
        new LazyArray<uint>(checkpoint, weight + PackedFormat.CodesSuffix).Memory,
        ScaleTerms == 0 ? checkpoint.ReadArray<Half>(weight + PackedFormat.ScalesSuffix) : [],
        ScaleTerms == 0 ? [] : checkpoint.ReadArray<byte>(weight + PackedFormat.TermsSuffix),
        ScaleTerms, Layout);

    internal override void Write(SafetensorsWriter file, string weight, CodedMatrix matrix)
    {
        var binary = (BinaryCodedMatrix)matrix;
        var parts = Parts(weight);
        file.Add(parts[0].Name, parts[0].Shape.AsSpan(), binary.Codes);
        if (ScaleTerms == 0)
        {
            file.Add(parts[1].Name, parts[1].Shape.AsSpan(), binary.Scales);
        }
        else
        {
            file.Add(parts[1].Name, parts[1].Shape.AsSpan(), binary.Terms);
        }
    }

    private protected override void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteNumber("groupSize", GroupSize);
        json.WriteNumber("scaleTerms", ScaleTerms);
    }

    private protected override string? LayoutProblem()
    {
        if (Layout == PackedLayout.Block8 && GroupSize % 8 != 0)
        {
            return $"found groupSize {GroupSize}, expected a multiple of 8 in the block8 layout";
        }

        return
            OutOfRange("groupSize", GroupSize, 0, (int)Math.Min(Span, int.MaxValue)) ??
            OutOfRange("scaleTerms", ScaleTerms, 0, BinaryCodedMatrix.MaxScaleTerms);
    }
}
