using System.Globalization;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Methods;

namespace Reparam.Compression.Uniform;

/// <summary>Weights on uniform grids, <see cref="UniformAttribute"/>: rounded to the nearest integer, or with error feedback as GPTQ does.</summary>
public sealed class UniformMethod : PostTrainingMethod<UniformAttribute>
{
    private static readonly int[] UsualBits = [2, 3, 4, 5, 6, 8];
    private static readonly int[] AllBits = [2, 3, 4, 5, 6, 7, 8];

    /// <inheritdoc/>
    public override IReadOnlyList<string> PlannedOptions { get; } = ["bits", "groupSize"];

    /// <inheritdoc/>
    public override string Describe(MethodOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return string.Create(CultureInfo.InvariantCulture, $"{options.As<UniformAttribute>().Bits} bits");
    }

    /// <inheritdoc/>
    public override IEnumerable<LadderStep> Ladder(MethodOptions options, LadderLayer layer)
    {
        ArgumentNullException.ThrowIfNull(options);
        return AllBits.Select(bits => new LadderStep(options.With(nameof(UniformAttribute.Bits), bits), "", UsualBits.Contains(bits)));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> StateNames(MethodOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.As<UniformAttribute>().Activations == 0 ? [] : UniformInputState.Names;
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, ReadOnlyMemory<float>> StateOf(CodedMatrix matrix) =>
        (matrix is UniformMatrix { Inputs: { } inputs } ? UniformInputState.Of(inputs) : null) ?? LayerState.None;

    /// <inheritdoc/>
    public override MethodSession Begin(IReadOnlyList<SessionLayer> layers, SessionSettings settings) => new UniformSession();

    /// <summary>With the scales and zero points of the groups.</summary>
    protected override double NominalBits(UniformAttribute options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.GroupSize == 0 ? options.Bits : options.Bits + ((16.0 + (options.Symmetric ? 0 : options.Bits)) / options.GroupSize);
    }
}
