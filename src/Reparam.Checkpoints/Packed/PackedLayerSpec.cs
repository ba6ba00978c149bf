using System.Collections.Immutable;
using System.Text.Json;

namespace Reparam.Checkpoints.Packed;

/// <summary>What <c>reparam.layers</c> says of one coded weight. Each format has its own class, or shares one with others.</summary>
public abstract record PackedLayerSpec
{
    /// <summary>Takes what every spec says.</summary>
    /// <param name="format">The format.</param>
    /// <param name="weight">Method, shape and type of the weight.</param>
    protected PackedLayerSpec(PackedFormat format, CodedWeight weight)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(weight);
        (Format, Method, Shape, DType) = (format, weight.Method, weight.Shape, weight.DType);
    }

    /// <summary>How the weight lies in the file.</summary>
    public PackedFormat Format { get; }

    /// <summary>Name of the method that coded the weight, such as <c>shiftadd</c>.</summary>
    public string Method { get; private init; }

    /// <summary>Shape of the weight: [rows, …]; the product of the dimensions behind the first is the number of columns.</summary>
    public ImmutableArray<long> Shape { get; private init; }

    /// <summary>Element type of the weight in the source checkpoint; it is decoded to F32 whatever it was.</summary>
    public DType DType { get; private init; }

    /// <summary>Number of rows (outputs). Meaningful once <see cref="Problem"/> found none.</summary>
    public int Rows => checked((int)Shape[0]);

    /// <summary>Number of columns (inputs of one output). Meaningful once <see cref="Problem"/> found none.</summary>
    public int Columns => checked((int)Shape.Skip(1).Aggregate(1L, (product, dimension) => product * dimension));

    /// <summary>Number of weights.</summary>
    public long ElementCount => (long)Rows * Columns;

    /// <summary>Bytes that the weight's own parts take in the file, without the table that others may share.</summary>
    public long StoredBytes => Parts("").Sum(part => part.ByteLength);

    /// <summary>The tensor with the table that the weight is decoded with, which other weights may share; null, the default, for none.</summary>
    public virtual TensorInfo? TableInfo => null;

    /// <summary>Whether a product rounds the inputs too: <see cref="CodedMatrix.RoundsInputs"/>. Default false.</summary>
    public virtual bool RoundsInputs => false;

    /// <summary>
    /// The same form without what differs from weight to weight: weights of one kind are read by the same code with the same table. A format also drops members
    /// that are values of the weight, such as an exponent. By default method, shape and type are dropped.
    /// </summary>
    public virtual PackedLayerSpec Kind => Form;

    /// <summary>The members of the format alone.</summary>
    internal PackedLayerSpec Form => this with { Method = "", Shape = [], DType = DType.F32 };

    /// <summary>The spec of a coded matrix; its table is stored under the weight's name until <see cref="WithTable"/> gives it another.</summary>
    /// <param name="weight">Name of the weight.</param>
    /// <param name="method">Name of the method.</param>
    /// <param name="shape">Shape of the weight; rows and columns are those of <paramref name="matrix"/>.</param>
    /// <param name="sourceType">Element type of the weight in the source checkpoint.</param>
    /// <param name="matrix">The coded matrix.</param>
    /// <exception cref="ArgumentException">Shape and matrix do not fit, or a value is out of its range.</exception>
    public static PackedLayerSpec Of(string weight, string method, ReadOnlySpan<long> shape, DType sourceType, CodedMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        var spec = matrix.Format.SpecOf(new CodedWeight(weight, method, [.. shape], sourceType), matrix);
        if (spec.Problem() is { } problem)
        {
            throw new ArgumentException($"tensor '{weight}': {problem}");
        }

        if (spec.Rows != matrix.Rows || spec.Columns != matrix.Columns)
        {
            throw new ArgumentException(
                $"tensor '{weight}': found shape [{string.Join(", ", spec.Shape)}], expected {matrix.Rows} rows of {matrix.Columns} columns like "
                    + "the coded matrix",
                nameof(shape));
        }

        return spec;
    }

    /// <summary>What is wrong with the values, or null.</summary>
    public string? Problem()
    {
        if (string.IsNullOrWhiteSpace(Method))
        {
            return "found no name of the method, expected one such as shiftadd";
        }

        if (Shape.IsDefaultOrEmpty || Shape.Any(dimension => dimension < 1) ||
            Sizing.Problem(DType.U8, Shape.AsSpan(), out var elements, out _) is not null || Shape[0] > int.MaxValue || elements / Shape[0] > int.MaxValue)
        {
            var found = Shape.IsDefault ? "" : string.Join(", ", Shape);
            return $"found shape [{found}], expected one or more dimensions from 1 up, and at most 2^31 - 1 rows and columns";
        }

        return DType is DType.F32 or DType.F16 or DType.BF16 or DType.F64
            ? ProblemOfMembers()
            : $"found dtype {DType.FormatName()}, expected F32, F16, BF16 or F64";
    }

    /// <summary>The tensors that hold the weight, without the table: each is named <paramref name="weight"/> and one of the format's suffixes.</summary>
    /// <param name="weight">Name of the weight.</param>
    /// <exception cref="ArgumentException">A tensor would be larger than a file can hold.</exception>
    /// <exception cref="OverflowException">The same.</exception>
    public abstract ImmutableArray<TensorInfo> Parts(string weight);

    /// <summary>The spec with another name for the table; the same spec, the default, where there is none.</summary>
    public virtual PackedLayerSpec WithTable(string name) => this;

    /// <summary>Writes the members that the format adds, in an order that never changes: the file's bytes depend on it.</summary>
    /// <param name="json">Stands within the spec's object.</param>
    public abstract void WriteMembers(Utf8JsonWriter json);

    /// <summary>What is wrong with the members that the format adds, or null; shape and type are right.</summary>
    protected abstract string? ProblemOfMembers();

    /// <summary>Says what was found and expected where a member is not within its range; null where it is.</summary>
    /// <param name="name">The member.</param>
    /// <param name="found">Its value.</param>
    /// <param name="minimum">Smallest value.</param>
    /// <param name="maximum">Largest value.</param>
    protected static string? OutOfRange(string name, int found, int minimum, int maximum) =>
        found < minimum || found > maximum ? $"found {name} {found}, expected {minimum} to {maximum}" : null;

    /// <summary>Writes the spec's object.</summary>
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
        json.WriteString("layout", Format.Name);
        WriteMembers(json);
        json.WriteEndObject();
    }
}
