using Reparam.Compression.ChannelIdle;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.ChannelIdle;

/// <summary>
/// The training form of a channel-idle feed-forward block (RePaViT, arXiv 2505.21847): y = x + fc2(norm2(a)) with a = [act(u of the first k channels), u of the
/// rest] and u = fc1(norm1(x)). The norms are batch norms over all tokens, which couple the samples of a batch; their running statistics go into the folded
/// block, so let them see representative batches before the export.
/// </summary>
/// <remarks>
/// Input and output are [..., dim]; the first dimension counts samples. The folded class computes <c>main(x) + outer(act(inner(x)))</c> with <c>main</c> [dim,
/// dim], <c>inner</c> [k, dim] and <c>outer</c> [dim, k] without bias; <c>main(x)</c> alone where k is 0, and <c>x + outer(act(inner(x)))</c> with a bias in
/// <c>outer</c> where k is hidden. <see cref="StructureBlock{T, TResult, TFolded}.Fold"/> compares it with this block on a fixed input.
/// </remarks>
/// <typeparam name="TFolded">Class of the folded block.</typeparam>
public abstract class ChannelIdleBlock<TFolded> : StructureBlock<TFolded>
    where TFolded : Module<Tensor, Tensor>
{
    private const int ProbeRows = 8;

    private readonly ChannelIdleAttribute options;
    private readonly BatchNorm1d? norm1;
    private readonly BatchNorm1d? norm2;
    private readonly Linear fc1;
    private readonly Linear fc2;

    /// <summary>Makes the layers <c>norm1</c>, <c>fc1</c>, <c>norm2</c> and <c>fc2</c>, with PyTorch's defaults.</summary>
    /// <param name="name">Name of the block, for messages.</param>
    /// <param name="dim">Width of input and output.</param>
    /// <param name="hidden">Hidden channels; four times the width in most transformers.</param>
    /// <param name="folded">Makes a folded block of the same sizes.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1, or the annotation asks for more active channels than there are.</exception>
    protected ChannelIdleBlock(string name, long dim, long hidden, Func<TFolded> folded)
        : base(name, folded)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dim, 1);
        options = FoldOptions as ChannelIdleAttribute
            ?? throw new InvalidOperationException($"{GetType().Name} carries [{FoldOptions.GetType().Name}], expected [ChannelIdle].");
        Dim = dim;
        Hidden = hidden;
        Active = options.ActiveOf(hidden);
        norm1 = Norm("norm1", dim, IdleNorms.Input);
        fc1 = Keep("fc1", Linear(dim, hidden));
        norm2 = Norm("norm2", hidden, IdleNorms.Hidden);
        fc2 = Keep("fc2", Linear(hidden, dim));
        KeepConstant(ChannelIdleFold.ActiveName, Active);
    }

    /// <summary>Width of input and output.</summary>
    public long Dim { get; }

    /// <summary>Hidden channels.</summary>
    public long Hidden { get; }

    /// <summary>The number k of hidden channels that pass the activation: the first ones.</summary>
    public long Active { get; }

    /// <summary>The activation of the active channels: GELU by the error function. The folded class must use the same.</summary>
    /// <param name="u">[..., k].</param>
    protected virtual Tensor Activate(Tensor u) => functional.gelu(u);

    /// <inheritdoc/>
    protected sealed override Tensor ForwardUnfolded(Tensor input)
    {
        using var scope = NewDisposeScope();
        var u = fc1.call(OverTokens(norm1, input));
        var a = Active == 0 ? u
            : Active == Hidden ? Activate(u)
            : cat([Activate(u.narrow(-1, 0, Active)), u.narrow(-1, Active, Hidden - Active)], -1);
        return (input + DropPath(fc2.call(OverTokens(norm2, a)))).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override void VerifyFold(TFolded folded)
    {
        ArgumentNullException.ThrowIfNull(folded);
        using var scope = NewDisposeScope();

        // No random numbers: a fold must not move the trainer's.
        var probe = arange(ProbeRows * Dim, ScalarType.Float64).mul(0.7).sin().view(ProbeRows, Dim).to(fc1.weight.dtype).to(fc1.weight.device);
        StructureChecks.RequireSame(GetName(), ForwardUnfolded(probe), folded.call(probe));
    }

    // Statistics are over all tokens, whatever the dimensions before the last are.
    private static Tensor OverTokens(BatchNorm1d? norm, Tensor x) => norm is null ? x : norm.call(x.reshape(-1, x.shape[^1])).view(x.shape);

    private Tensor DropPath(Tensor branch)
    {
        if (!training || options.DropPath == 0)
        {
            return branch;
        }

        var keeps = 1 - options.DropPath;
        long[] shape = [branch.shape[0], .. Enumerable.Repeat(1L, branch.shape.Length - 1)];
        return branch * full(shape, keeps, branch.dtype, branch.device).bernoulli().div(keeps);
    }

    private BatchNorm1d? Norm(string name, long channels, IdleNorms place) =>
        options.Norms.HasFlag(place) ? Keep(name, BatchNorm1d(channels, options.Eps, options.Momentum)) : null;

    private T Keep<T>(string name, T module)
        where T : Module
    {
        register_module(name, module);
        return module;
    }
}
