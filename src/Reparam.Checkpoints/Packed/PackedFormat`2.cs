using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Packed;

/// <summary>A format whose specs and matrices are each of one class.</summary>
/// <typeparam name="TSpec">What a file says of a weight.</typeparam>
/// <typeparam name="TMatrix">A coded matrix.</typeparam>
/// <param name="name">What specs say in their member <c>layout</c>: lower-case letters, digits and hyphens.</param>
public abstract class PackedFormat<TSpec, TMatrix>(string name) : PackedFormat(name)
    where TSpec : PackedLayerSpec
    where TMatrix : CodedMatrix
{
    /// <inheritdoc/>
    public sealed override PackedLayerSpec SpecOf(CodedWeight weight, CodedMatrix matrix) => SpecOf(weight, Matrix(matrix));

    /// <inheritdoc/>
    public sealed override CodedMatrix Read(ICheckpoint checkpoint, string weight, PackedLayerSpec spec) => Read(checkpoint, weight, Spec(spec));

    /// <inheritdoc/>
    public sealed override CodedMatrix ReadLazily(ICheckpoint checkpoint, string weight, PackedLayerSpec spec) => ReadLazily(checkpoint, weight, Spec(spec));

    /// <inheritdoc/>
    public sealed override void Write(SafetensorsWriter file, string weight, PackedLayerSpec spec, CodedMatrix matrix) =>
        Write(file, weight, Spec(spec), Matrix(matrix));

    /// <inheritdoc/>
    public sealed override string? Problem(CodedMatrix matrix) => Problem(Matrix(matrix));

    /// <inheritdoc/>
    public sealed override string? ProblemOfLazy(CodedMatrix matrix) => ProblemOfLazy(Matrix(matrix));

    /// <inheritdoc/>
    public sealed override PackedSummary Describe(PackedLayerSpec spec) => Describe(Spec(spec));

    /// <inheritdoc cref="PackedFormat.SpecOf"/>
    protected abstract TSpec SpecOf(CodedWeight weight, TMatrix matrix);

    /// <inheritdoc cref="PackedFormat.Read"/>
    protected abstract TMatrix Read(ICheckpoint checkpoint, string weight, TSpec spec);

    /// <inheritdoc cref="PackedFormat.ReadLazily"/>
    protected virtual TMatrix ReadLazily(ICheckpoint checkpoint, string weight, TSpec spec) => Read(checkpoint, weight, spec);

    /// <inheritdoc cref="PackedFormat.Write"/>
    protected abstract void Write(SafetensorsWriter file, string weight, TSpec spec, TMatrix matrix);

    /// <inheritdoc cref="PackedFormat.Problem"/>
    protected abstract string? Problem(TMatrix matrix);

    /// <inheritdoc cref="PackedFormat.ProblemOfLazy"/>
    protected virtual string? ProblemOfLazy(TMatrix matrix) => Problem(matrix);

    /// <inheritdoc cref="PackedFormat.Describe"/>
    protected virtual PackedSummary Describe(TSpec spec) => new();

    private TSpec Spec(PackedLayerSpec spec) =>
        spec as TSpec ?? throw new ArgumentException($"found a spec of the format '{spec?.Format.Name}', expected one of '{Name}'", nameof(spec));

    private TMatrix Matrix(CodedMatrix matrix) =>
        matrix as TMatrix ?? throw new ArgumentException($"found a matrix of the format '{matrix?.Format.Name}', expected one of '{Name}'", nameof(matrix));
}
