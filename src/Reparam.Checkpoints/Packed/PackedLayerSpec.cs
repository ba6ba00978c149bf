using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Packed;

/// <summary>What <c>reparam.layers</c> says of one coded weight. Each family of layouts has its own class.</summary>
public abstract record PackedLayerSpec
{
    /// <summary>Smallest <see cref="ScaleExponent"/>: that of the smallest float.</summary>
    public const int MinScaleExponent = -149;

    /// <summary>Largest <see cref="ScaleExponent"/>: that of the largest float.</summary>
    public const int MaxScaleExponent = 127;

    /// <summary>Name of the method, such as <c>shiftadd</c>.</summary>
    [JsonPropertyOrder(-1)]
    public required string Method { get; init; }

    /// <summary>Shape of the weight: [rows, …]; the product of the dimensions behind the first is the number of columns.</summary>
    [JsonPropertyOrder(-1)]
    public required ImmutableArray<long> Shape { get; init; }

    /// <summary>Element type of the weight in the source checkpoint; it is decoded to F32 whatever it was.</summary>
    [JsonPropertyOrder(-1)]
    [JsonPropertyName("dtype")]
    [JsonConverter(typeof(DTypeJsonConverter))]
    public required DType DType { get; init; }

    /// <summary>Which weights share what.</summary>
    [JsonPropertyOrder(-1)]
    public required PackedLayout Layout { get; init; }

    /// <summary>Number of planes, 1 to 4.</summary>
    [JsonPropertyOrder(-1)]
    public required int Bits { get; init; }

    /// <summary>e: every weight is multiplied by 2^e.</summary>
    [JsonPropertyOrder(-1)]
    public required int ScaleExponent { get; init; }

    /// <summary>Number of rows (outputs). Meaningful once <see cref="Problem"/> found none.</summary>
    [JsonIgnore]
    public int Rows => checked((int)Shape[0]);

    /// <summary>Number of columns (inputs of one output). Meaningful once <see cref="Problem"/> found none.</summary>
    [JsonIgnore]
    public int Columns => checked((int)Shape.Skip(1).Aggregate(1L, (product, dimension) => product * dimension));

    /// <summary>Number of weights.</summary>
    [JsonIgnore]
    public long ElementCount => (long)Rows * Columns;

    /// <summary>Bytes that the weight's own parts take in the file, without the table that others may share.</summary>
    [JsonIgnore]
    public long StoredBytes => Parts("").Sum(part => part.ByteLength);

    /// <summary>The table that the weight is decoded with, which other weights may share; null when its layout has none.</summary>
    [JsonIgnore]
    public virtual TensorInfo? TableInfo => null;

    /// <summary>The same form without what differs from weight to weight: weights of one kind are read by the same code with the same table.</summary>
    internal PackedLayerSpec Kind => this with { Shape = [], DType = DType.F32, ScaleExponent = 0 };

    /// <summary>The spec of a coded matrix; its table is stored under the weight's name until <see cref="WithTable"/> gives it another.</summary>
    /// <param name="weight">Name of the weight.</param>
    /// <param name="method">Name of the method.</param>
    /// <param name="shape">Shape of the weight; rows and columns are those of <paramref name="matrix"/>.</param>
    /// <param name="sourceType">Element type of the weight in the source checkpoint.</param>
    /// <param name="matrix">The coded matrix.</param>
    /// <exception cref="ArgumentException">Shape and matrix do not fit, or a value is out of its range.</exception>
    public static PackedLayerSpec Of(string weight, string method, ReadOnlySpan<long> shape, DType sourceType, CodedMatrix matrix)
    {
        PackedLayerSpec spec = matrix switch
        {
            BinaryCodedMatrix binary => BinaryCodingSpec.Of(method, [.. shape], sourceType, binary),
            NestedMatrix nested => NestedSpec.Of(weight, method, [.. shape], sourceType, nested),
            CodebookMatrix codebook => CodebookSpec.Of(weight, method, [.. shape], sourceType, codebook),
            _ => throw new ArgumentException($"tensor '{weight}': the layout {matrix.Layout} has no stored form", nameof(matrix)),
        };
        if (spec.Problem() is { } problem)
        {
            throw new ArgumentException($"tensor '{weight}': {problem}");
        }

        if (spec.Rows != matrix.Rows || spec.Columns != matrix.Columns)
        {
            throw new ArgumentException(
                $"tensor '{weight}': found shape [{string.Join(", ", spec.Shape)}], expected {matrix.Rows} rows of {matrix.Columns} columns like the coded matrix",
                nameof(shape));
        }

        return spec;
    }

    /// <summary>The class of a layout's specs; null for a layout that this version cannot read.</summary>
    internal static Type? TypeOf(PackedLayout layout) => layout switch
    {
        PackedLayout.Row or PackedLayout.Column or PackedLayout.Block8 => typeof(BinaryCodingSpec),
        PackedLayout.Nested => typeof(NestedSpec),
        PackedLayout.Codebook => typeof(CodebookSpec),
        _ => null,
    };

    /// <summary>What is wrong with the values, or null.</summary>
    internal string? Problem()
    {
        if (!PackedFormat.Methods.Contains(Method))
        {
            return $"found method '{Method}', expected one that this version knows: {string.Join(", ", PackedFormat.Methods)}";
        }

        if (Shape.IsDefaultOrEmpty || Shape.Any(dimension => dimension < 1) ||
            Sizing.Problem(DType.U8, Shape.AsSpan(), out var elements, out _) is not null || Shape[0] > int.MaxValue || elements / Shape[0] > int.MaxValue)
        {
            var found = Shape.IsDefault ? "" : string.Join(", ", Shape);
            return $"found shape [{found}], expected one or more dimensions from 1 up, and at most 2^31 - 1 rows and columns";
        }

        if (DType is not (DType.F32 or DType.F16 or DType.BF16 or DType.F64))
        {
            return $"found dtype {DType.FormatName()}, expected F32, F16, BF16 or F64";
        }

        return
            OutOfRange("bits", Bits, 1, CodedMatrix.MaxBits) ??
            OutOfRange("scaleExponent", ScaleExponent, MinScaleExponent, MaxScaleExponent) ??
            LayoutProblem();
    }

    /// <summary>Writes the members by hand, in the order in which the serializer would: setting it up takes longer than coding a small weight.</summary>
    internal void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("method", Method);
        json.WriteStartArray("shape");
        foreach (var dimension in Shape)
        {
            json.WriteNumberValue(dimension);
        }

        json.WriteEndArray();
        json.WriteString("dtype", DType.FormatName());
        json.WriteString("layout", Layout.FormatName());
        json.WriteNumber("bits", Bits);
        json.WriteNumber("scaleExponent", ScaleExponent);
        WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>The tensors that hold the weight, named after it; without the table.</summary>
    internal abstract ImmutableArray<TensorInfo> Parts(string weight);

    /// <summary>The spec with another name for the table; the same spec where there is none.</summary>
    internal virtual PackedLayerSpec WithTable(string name) => this;

    /// <summary>Reads the weight from parts whose types and shapes have been checked.</summary>
    internal abstract CodedMatrix Read(ICheckpoint checkpoint, string weight);

    /// <summary>Reads the weight; a layout whose codes alone are large reads them when they are first touched, which must be before the checkpoint is disposed.</summary>
    internal virtual CodedMatrix ReadLazily(ICheckpoint checkpoint, string weight) => Read(checkpoint, weight);

    /// <summary>Adds the parts of the matrix that this is the spec of; without the table.</summary>
    internal abstract void Write(SafetensorsWriter file, string weight, CodedMatrix matrix);

    /// <summary>Writes the members of the layout.</summary>
    private protected abstract void WriteMembers(Utf8JsonWriter json);

    /// <summary>What is wrong with the members of the layout, or null; shape and bits are right.</summary>
    private protected abstract string? LayoutProblem();

    private protected static string? OutOfRange(string name, int found, int minimum, int maximum) =>
        found < minimum || found > maximum ? $"found {name} {found}, expected {minimum} to {maximum}" : null;
}
