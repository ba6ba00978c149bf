namespace Reparam.Compression.Methods;

/// <summary>Base of post-training methods. An object has no state of its own: a session has.</summary>
/// <typeparam name="TOptions">The attribute; its <see cref="ReparamMethodAttribute"/> gives the method's name and its layers.</typeparam>
public abstract class PostTrainingMethod<TOptions> : PostTrainingMethod
    where TOptions : PostTrainingAttribute
{
    /// <summary>Reads names, ranges and defaults of the options.</summary>
    /// <exception cref="ArgumentException">The attribute cannot serve as options; the message names the class, the member and what is expected.</exception>
    protected PostTrainingMethod()
        : base(typeof(TOptions))
    {
    }

    /// <inheritdoc/>
    public sealed override double NominalBits(MethodOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return NominalBits(options.As<TOptions>());
    }

    /// <inheritdoc/>
    public sealed override void Validate(PostTrainingAttribute options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Validate((TOptions)options);
    }

    /// <inheritdoc cref="PostTrainingMethod.NominalBits(MethodOptions)"/>
    protected abstract double NominalBits(TOptions options);

    /// <inheritdoc cref="PostTrainingMethod.Validate(PostTrainingAttribute)"/>
    protected virtual void Validate(TOptions options)
    {
    }
}
