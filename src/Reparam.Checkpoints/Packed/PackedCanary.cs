using System.Collections.Immutable;
using System.Text.Json;

namespace Reparam.Checkpoints.Packed;

/// <summary>
/// Check values of one coded layer: the first outputs of its product with an input that everybody can compute. A loader multiplies
/// with its own kernel and compares, so that a kernel that reads the codes in another order cannot run unnoticed. How much may differ is the
/// loader's to say: it knows what its kernel rounds.
/// </summary>
public sealed record PackedCanary
{
    /// <summary>Maximum outputs that are stored.</summary>
    public const int MaxOutputs = 8;

    /// <summary>Largest exponent of an input, up or down.</summary>
    public const int MaxExponent = 110;

    private const double SumError = 1e-9;

    /// <summary>Name of the coded weight.</summary>
    public required string Tensor { get; init; }

    /// <summary>Seed of the input.</summary>
    public required uint Seed { get; init; }

    /// <summary>y[r] = Σ_k w[r,k]·x[k] of the first rows, summed in double precision.</summary>
    public required ImmutableArray<double> Outputs { get; init; }

    /// <summary>Σ_k |w[r,k]·x[k]| of the same rows: what the rounding of a plain sum is relative to.</summary>
    public required ImmutableArray<double> Magnitudes { get; init; }

    /// <summary>The check values of a matrix.</summary>
    public static PackedCanary Of(string tensor, CodedMatrix matrix, uint seed = 1) => Of(tensor, matrix, 0, Math.Min(MaxOutputs, matrix.Rows), seed);

    /// <summary>The same of one row, which counts as the first.</summary>
    public static PackedCanary OfRow(string tensor, CodedMatrix matrix, int row, uint seed) => Of(tensor, matrix, row, 1, seed);

    private static PackedCanary Of(string tensor, CodedMatrix matrix, int first, int count, uint seed)
    {
        var input = Input(seed, matrix.Columns);
        var row = new float[matrix.Columns];
        var outputs = new double[count];
        var magnitudes = new double[count];
        for (var r = 0; r < count; r++)
        {
            matrix.DecodeRow(first + r, row);
            for (var k = 0; k < row.Length; k++)
            {
                var product = (double)row[k] * input[k];
                outputs[r] += product;
                magnitudes[r] += Math.Abs(product);
            }
        }

        return new PackedCanary { Tensor = tensor, Seed = seed, Outputs = [.. outputs], Magnitudes = [.. magnitudes] };
    }

    /// <summary>The JSON array of <c>reparam.canary</c>.</summary>
    internal static string Format(IEnumerable<PackedCanary> canaries) => JsonText.Write(json =>
    {
        json.WriteStartArray();
        foreach (var canary in canaries)
        {
            json.WriteStartObject();
            json.WriteString("tensor", canary.Tensor);
            json.WriteNumber("seed", canary.Seed);
            WriteArray(json, "outputs", canary.Outputs);
            WriteArray(json, "magnitudes", canary.Magnitudes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>
    /// The input: x[k] = 2^exponent·(h/32768 − 1) with h the upper 16 bits of a hash of k and the seed; every value is a float exactly, within ±2^exponent.
    /// </summary>
    /// <param name="seed">Seed.</param>
    /// <param name="columns">Number of values.</param>
    /// <param name="exponent">
    /// −110 to 110; 0 for the input that the outputs belong to. Another one moves products that single precision would not hold into its range, without a
    /// rounding.
    /// </param>
    public static float[] Input(uint seed, int columns, int exponent = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(exponent, -MaxExponent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(exponent, MaxExponent);
        var factor = MathF.ScaleB(1, exponent);
        var input = new float[columns];
        for (var k = 0; k < columns; k++)
        {
            var hash = unchecked(((uint)k + seed) * 2654435761u);
            hash ^= hash >> 16;
            hash = unchecked(hash * 0x85EBCA6Bu);
            hash ^= hash >> 13;
            input[k] = ((hash >> 16) / 32768f - 1f) * factor;
        }

        return input;
    }

    /// <summary>Compares a kernel's outputs with those of the file.</summary>
    /// <param name="found">[rows] outputs of the product with <see cref="Input"/>; the first ones are compared.</param>
    /// <param name="errors">Largest accepted |found·2^−exponent − output| of each of the first rows.</param>
    /// <param name="exponent">Exponent of the input.</param>
    /// <returns>The first row that differs by more; null where there is none.</returns>
    /// <exception cref="ArgumentException">Fewer outputs or errors than <see cref="Outputs"/>.</exception>
    public CanaryDifference? Compare(ReadOnlySpan<float> found, ReadOnlySpan<double> errors, int exponent = 0)
    {
        if (found.Length < Outputs.Length || errors.Length < Outputs.Length)
        {
            throw new ArgumentException($"found {found.Length} outputs and {errors.Length} errors, expected at least {Outputs.Length}", nameof(found));
        }

        // What is stored as a subnormal float is off by a part of the smallest one.
        var smallest = Math.ScaleB(2.0 * float.Epsilon, -exponent);
        for (var r = 0; r < Outputs.Length; r++)
        {
            var output = Math.ScaleB((double)found[r], -exponent);
            if (Differs(output, Outputs[r], errors[r] + smallest))
            {
                return new CanaryDifference(r, output, Outputs[r], errors[r] + smallest);
            }
        }

        return null;
    }

    /// <summary>
    /// Compares the weights themselves, decoded by the definition of their layout and multiplied in double precision, with the check values: no kernel takes
    /// part.
    /// </summary>
    /// <param name="matrix">The matrix that the check values are of.</param>
    /// <returns>The first row that differs; null where there is none.</returns>
    public CanaryDifference? Compare(CodedMatrix matrix)
    {
        var decoded = Of(Tensor, matrix, Seed);
        for (var r = 0; r < Outputs.Length; r++)
        {
            // Room for another order of the sum.
            var error = SumError * Math.Max(decoded.Magnitudes[r], Magnitudes[r]);
            if (Differs(decoded.Outputs[r], Outputs[r], error))
            {
                return new CanaryDifference(r, decoded.Outputs[r], Outputs[r], error);
            }

            if (Differs(decoded.Magnitudes[r], Magnitudes[r], error))
            {
                return new CanaryDifference(r, decoded.Magnitudes[r], Magnitudes[r], error);
            }
        }

        return null;
    }

    // Written so that a NaN differs too.
    private static bool Differs(double found, double expected, double error) => !(Math.Abs(found - expected) <= error);

    private static void WriteArray(Utf8JsonWriter json, string name, ImmutableArray<double> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
