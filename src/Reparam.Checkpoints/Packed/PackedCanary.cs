using System.Collections.Immutable;
using System.Text.Json;

namespace Reparam.Checkpoints.Packed;

/// <summary>
/// Check values of one coded layer: the first outputs of its product with an input that everybody can compute. A loader multiplies
/// with its own kernel and compares, so that a kernel that reads the codes in another order cannot run unnoticed.
/// </summary>
public sealed record PackedCanary
{
    /// <summary>Most outputs that are stored.</summary>
    public const int MaxOutputs = 8;

    /// <summary>
    /// Error that a right product stays below, relative to the sum of the absolute products. A kernel that quantises its input to 8 bits needs ten
    /// times as much.
    /// </summary>
    public const double DefaultTolerance = 1e-3;

    /// <summary>Name of the coded weight.</summary>
    public required string Tensor { get; init; }

    /// <summary>Seed of the input.</summary>
    public required uint Seed { get; init; }

    /// <summary>y[r] = Σ_k w[r,k]·x[k] of the first rows, summed in double precision.</summary>
    public required ImmutableArray<double> Outputs { get; init; }

    /// <summary>Σ_k |w[r,k]·x[k]| of the same rows: what a rounding error is relative to.</summary>
    public required ImmutableArray<double> Magnitudes { get; init; }

    /// <summary>The check values of a matrix.</summary>
    public static PackedCanary Of(string tensor, CodedMatrix matrix, uint seed = 1)
    {
        var input = Input(seed, matrix.Columns);
        var row = new float[matrix.Columns];
        var count = Math.Min(MaxOutputs, matrix.Rows);
        var outputs = new double[count];
        var magnitudes = new double[count];
        for (var r = 0; r < count; r++)
        {
            matrix.DecodeRow(r, row);
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

    /// <summary>The input: x[k] = h/32768 − 1 with h the upper 16 bits of a hash of k and the seed; every value is a float exactly, in [−1, 1).</summary>
    /// <param name="seed">Seed.</param>
    /// <param name="columns">Number of values.</param>
    public static float[] Input(uint seed, int columns)
    {
        var input = new float[columns];
        for (var k = 0; k < columns; k++)
        {
            var hash = unchecked(((uint)k + seed) * 2654435761u);
            hash ^= hash >> 16;
            hash = unchecked(hash * 0x85EBCA6Bu);
            hash ^= hash >> 13;
            input[k] = (hash >> 16) / 32768f - 1f;
        }

        return input;
    }

    /// <summary>Compares the outputs of a kernel with those of the file.</summary>
    /// <param name="file">Path for the message.</param>
    /// <param name="found">[rows] outputs of the product with <see cref="Input"/>; the first ones are compared.</param>
    /// <param name="tolerance">Largest accepted |error| relative to <see cref="Magnitudes"/>.</param>
    /// <exception cref="CheckpointException">An output differs by more.</exception>
    public void Check(string file, ReadOnlySpan<float> found, double tolerance = DefaultTolerance)
    {
        if (found.Length < Outputs.Length)
        {
            throw new CheckpointException(file, Tensor, CheckpointRule.Canary, $"found {found.Length} outputs, expected at least {Outputs.Length}");
        }

        for (var r = 0; r < Outputs.Length; r++)
        {
            // Written so that a NaN fails too. The smallest floats cannot be held to a relative error.
            if (!(Math.Abs(found[r] - Outputs[r]) <= tolerance * Magnitudes[r] + 1e-37))
            {
                throw new CheckpointException(
                    file, Tensor, CheckpointRule.Canary,
                    $"found output {found[r]:R} in row {r}, expected {Outputs[r]:R}: the weights were read wrongly, or the file was changed");
            }
        }
    }

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
