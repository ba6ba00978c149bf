namespace Reparam.Checkpoints.Packed;

/// <summary>
/// The grid of a layer's rounded inputs as a dense checkpoint has it: the state of the input map that the layer was trained with, two tensors below the layer.
/// Zero points are whole numbers there, of the same type as the scales.
/// </summary>
public static class UniformInputState
{
    /// <summary>Name of the scales below the layer.</summary>
    public const string ScaleName = "reparam.uniform.input_scale";

    /// <summary>Name of the zero points below the layer.</summary>
    public const string ZeroName = "reparam.uniform.input_zero";

    /// <summary>Bits of an input.</summary>
    public const int Bits = 8;

    private const int Last = (1 << Bits) - 1;

    /// <summary>Both names.</summary>
    public static IReadOnlyList<string> Names { get; } = [ScaleName, ZeroName];

    /// <summary>The grid.</summary>
    /// <param name="scales">[1] or [input channels].</param>
    /// <param name="zeroPoints">As many.</param>
    /// <exception cref="ArgumentException">They are no grid; the message names the tensor, what was found and what is expected.</exception>
    public static UniformInputs Read(ReadOnlyMemory<float> scales, ReadOnlyMemory<float> zeroPoints)
    {
        Require(ScaleName, scales.Span, static scale => float.IsFinite(scale) && scale > 0, "finite numbers above 0");
        Require(ZeroName, zeroPoints.Span, static zero => zero is >= 0 and <= Last && zero == MathF.Floor(zero), $"whole numbers from 0 to {Last}");
        return new UniformInputs(Bits, scales, Array.ConvertAll(zeroPoints.ToArray(), zero => (byte)zero));
    }

    /// <summary>The tensors that give a grid, by name; null where it has other bits.</summary>
    public static IReadOnlyDictionary<string, ReadOnlyMemory<float>>? Of(UniformInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return inputs.Bits != Bits ? null : new Dictionary<string, ReadOnlyMemory<float>>(StringComparer.Ordinal)
        {
            [ScaleName] = inputs.Scales,
            [ZeroName] = Array.ConvertAll(inputs.ZeroPoints.ToArray(), zero => (float)zero),
        };
    }

    private static void Require(string name, ReadOnlySpan<float> values, Func<float, bool> isRight, string expected)
    {
        foreach (var value in values)
        {
            if (!isRight(value))
            {
                throw new ArgumentException(FormattableString.Invariant($"'{name}' has {value}, expected {expected}"));
            }
        }
    }
}
