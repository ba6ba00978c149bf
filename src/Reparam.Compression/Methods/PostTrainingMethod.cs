using System.Globalization;
using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.Methods;

/// <summary>
/// A post-training method as everything outside of its folder knows it. Derive from <see cref="PostTrainingMethod{TOptions}"/> and add the object to
/// <see cref="PostTrainingMethods"/>.
/// </summary>
public abstract class PostTrainingMethod
{
    private protected PostTrainingMethod(Type options)
    {
        Options = OptionTable.Of(options);
    }

    /// <summary>Name in manifests, plans, command lines and packed files; that of the attribute's <see cref="ReparamMethodAttribute"/>.</summary>
    public string Name => Options.Method;

    /// <summary>The attribute whose objects are the method's options.</summary>
    public Type Attribute => Options.Type;

    /// <summary>The options: names, ranges, defaults and help, from the attribute.</summary>
    public OptionTable Options { get; }

    /// <summary>Layers that the method can code.</summary>
    public LayerKinds Layers => Options.Layers;

    /// <summary>
    /// Raise it whenever the method gives other bytes for the same options, weights and calibration: what was cached before is then coded anew.
    /// </summary>
    public virtual int Version => 1;

    /// <summary>Whether the method codes nothing without second moments of the layer's inputs. Default false.</summary>
    public virtual bool NeedsCalibration => false;

    /// <summary>Names of the options that a bit plan chooses and keeps. Default: all.</summary>
    public virtual IReadOnlyList<string> PlannedOptions => [.. Options.Members.Select(member => member.Name)];

    /// <summary>About how many bits a weight takes: the place of a coding on the ladder. Above 0.</summary>
    /// <param name="options">Options of this method.</param>
    public abstract double NominalBits(MethodOptions options);

    /// <summary>How a coding is called in messages and summaries, in a few words: <c>3 bits</c>.</summary>
    /// <param name="options">Options of this method.</param>
    public virtual string Describe(MethodOptions options) => string.Create(CultureInfo.InvariantCulture, $"{NominalBits(options):0.##} bits");

    /// <summary>
    /// The codings that a bit budget chooses from for one layer. Default: the layer's own alone.
    /// </summary>
    /// <param name="options">The layer's options as they are annotated.</param>
    /// <param name="layer">The layer.</param>
    /// <returns>One or more, in rising <see cref="NominalBits"/>.</returns>
    public virtual IEnumerable<LadderStep> Ladder(MethodOptions options, LadderLayer layer) => [new LadderStep(options)];

    /// <summary>
    /// Options with each member that hardly matters beside the others at one value: what was measured of a coding holds for those with equal options here.
    /// Default: the options themselves.
    /// </summary>
    /// <param name="options">Options of this method.</param>
    public virtual MethodOptions Effective(MethodOptions options) => options;

    /// <summary>
    /// Names, below the layer, of the tensors of a checkpoint that a coding reads beside the weight: the state of the method's input map, such as
    /// <c>reparam.uniform.input_scale</c>. A layer that lacks one is refused; what is read is part of the coded weight and not copied. Default: none.
    /// </summary>
    /// <param name="options">Options of this method.</param>
    public virtual IReadOnlyList<string> StateNames(MethodOptions options) => [];

    /// <summary>The same tensors as a coded weight holds them, for a dense checkpoint; each has one dimension. Default: none.</summary>
    /// <param name="matrix">A weight that this method coded.</param>
    public virtual IReadOnlyDictionary<string, ReadOnlyMemory<float>> StateOf(CodedMatrix matrix) => LayerState.None;

    /// <summary>Checks what ranges of single options cannot say.</summary>
    /// <param name="options">Options, each in its range.</param>
    /// <exception cref="ArgumentException">They do not go together; the message names what was found and what is expected.</exception>
    public virtual void Validate(PostTrainingAttribute options)
    {
    }

    /// <summary>Begins to code layers of one checkpoint or model. Nothing is read yet.</summary>
    /// <param name="layers">All that will be coded by this method, in the order of the plan.</param>
    /// <param name="settings">What all sessions are told.</param>
    public abstract MethodSession Begin(IReadOnlyList<SessionLayer> layers, SessionSettings settings);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
