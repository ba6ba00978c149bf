using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Reparam.Checkpoints.Packed;

/// <summary>What <c>reparam.layers</c> says of one coded weight.</summary>
public sealed record PackedLayerSpec
{
    /// <summary>Smallest <see cref="ScaleExponent"/>: that of the smallest float.</summary>
    public const int MinScaleExponent = -149;

    /// <summary>Largest <see cref="ScaleExponent"/>: that of the largest float.</summary>
    public const int MaxScaleExponent = 127;

    /// <summary>Name of the method, such as <c>shiftadd</c>.</summary>
    public required string Method { get; init; }

    /// <summary>Shape of the weight: [rows, …]; the product of the dimensions behind the first is the number of columns.</summary>
    public required ImmutableArray<long> Shape { get; init; }

    /// <summary>Element type of the weight in the source checkpoint; it is decoded to F32 whatever it was.</summary>
    [JsonPropertyName("dtype")]
    [JsonConverter(typeof(DTypeJsonConverter))]
    public required DType DType { get; init; }

    /// <summary>Number of sign planes, 1 to 4.</summary>
    public required int Bits { get; init; }

    /// <summary>Neighbouring columns that share a set of scales, at most the number of columns; 0 for the whole row.</summary>
    public required int GroupSize { get; init; }

    /// <summary>0 for free half-precision scales, else the number of powers of two in a scale, 1 to 3.</summary>
    public required int ScaleTerms { get; init; }

    /// <summary>e: every scale is multiplied by 2^e.</summary>
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

    /// <summary>Bytes that codes and scales take in the file.</summary>
    [JsonIgnore]
    public long StoredBytes => Parts.Sum(part => new TensorInfo(part.Suffix, part.DType, part.Shape).ByteLength);

    /// <summary>Groups of a row.</summary>
    [JsonIgnore]
    public int Groups => GroupSize == 0 ? 1 : ((Columns - 1) / GroupSize) + 1;

    /// <summary>The parts that the file must hold: suffix, type and shape.</summary>
    internal ImmutableArray<(string Suffix, DType DType, ImmutableArray<long> Shape)> Parts => ScaleTerms == 0
        ? [(PackedFormat.CodesSuffix, DType.U32, CodesShape), (PackedFormat.ScalesSuffix, DType.F16, [Rows, Groups, Bits])]
        : [(PackedFormat.CodesSuffix, DType.U32, CodesShape), (PackedFormat.TermsSuffix, DType.U8, [Rows, Groups, Bits, ScaleTerms])];

    private ImmutableArray<long> CodesShape => [Bits, Rows, ((long)Columns + 31) / 32];

    /// <summary>The spec of a coded matrix.</summary>
    /// <param name="method">Name of the method.</param>
    /// <param name="shape">Shape of the weight; rows and columns are those of <paramref name="matrix"/>.</param>
    /// <param name="sourceType">Element type of the weight in the source checkpoint.</param>
    /// <param name="matrix">The coded matrix.</param>
    /// <exception cref="ArgumentException">Shape and matrix do not fit, or a value is out of its range.</exception>
    public static PackedLayerSpec Of(string method, ReadOnlySpan<long> shape, DType sourceType, BinaryCodedMatrix matrix)
    {
        var spec = new PackedLayerSpec
        {
            Method = method,
            Shape = [.. shape],
            DType = sourceType,
            Bits = matrix.Bits,
            GroupSize = matrix.GroupSize >= matrix.Columns ? 0 : matrix.GroupSize,
            ScaleTerms = matrix.ScaleTerms,
            ScaleExponent = matrix.ScaleExponent,
        };
        if (spec.Problem() is { } problem)
        {
            throw new ArgumentException(problem);
        }

        if (spec.Rows != matrix.Rows || spec.Columns != matrix.Columns)
        {
            throw new ArgumentException(
                $"found shape [{string.Join(", ", spec.Shape)}], expected {matrix.Rows} rows of {matrix.Columns} columns like the coded matrix", nameof(shape));
        }

        return spec;
    }

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
            OutOfRange("bits", Bits, 1, BinaryCodedMatrix.MaxBits) ??
            OutOfRange("groupSize", GroupSize, 0, Columns) ??
            OutOfRange("scaleTerms", ScaleTerms, 0, BinaryCodedMatrix.MaxScaleTerms) ??
            OutOfRange("scaleExponent", ScaleExponent, MinScaleExponent, MaxScaleExponent);
    }

    private static string? OutOfRange(string name, int found, int minimum, int maximum) =>
        found < minimum || found > maximum ? $"found {name} {found}, expected {minimum} to {maximum}" : null;
}
