using Reparam.Compression.Calibration;
using static TorchSharp.torch;

namespace Reparam.Training;

/// <summary>
/// What a coder must know of the layers of a group to make up for what the layers before them lost. With x the float model's inputs, x̂ those that the
/// compressed prefix gives, s and ŝ the residual streams: H = mean x̂·x̂ᵀ and C = mean x̂·(W·x + s − ŝ − W·x̂)ᵀ. The weight whose outputs are nearest to
/// the target W·x + s − ŝ is W + ((H + λI)⁻¹·C)ᵀ.
/// </summary>
/// <remarks>Sums in double precision.</remarks>
internal sealed class SequentialMoments : IDisposable
{
    private readonly Tensor gram;       // Σ x̂·x̂ᵀ, [columns, columns]
    private readonly Tensor drift;      // Σ x̂·(x − x̂)ᵀ, [columns, columns]
    private readonly Tensor? repair;    // Σ x̂·(s − ŝ)ᵀ, [columns, rows]
    private readonly int columns;
    private Gram? rounded;
    private bool drifted;

    /// <summary>No token yet.</summary>
    /// <param name="columns">Inputs of the layers.</param>
    /// <param name="streamWidth">Width of the residual stream; null where the layers write into none.</param>
    /// <param name="device">Where the model runs.</param>
    public SequentialMoments(int columns, int? streamWidth, Device device)
    {
        this.columns = columns;
        gram = zeros(columns, columns, ScalarType.Float64, device).DetachFromDisposeScope();
        drift = zeros(columns, columns, ScalarType.Float64, device).DetachFromDisposeScope();
        repair = streamWidth is { } width ? zeros(columns, width, ScalarType.Float64, device).DetachFromDisposeScope() : null;
    }

    /// <summary>Input vectors seen.</summary>
    public long Tokens { get; private set; }

    /// <summary>Adds tokens of which float model and coded prefix give the same.</summary>
    /// <param name="inputs">x = x̂, [tokens, columns].</param>
    public void Add(Tensor inputs)
    {
        using var scope = NewDisposeScope();
        var x = inputs.to(ScalarType.Float64);
        gram.add_(x.t().mm(x));
        Tokens += x.shape[0];
    }

    /// <summary>Adds tokens.</summary>
    /// <param name="seen">x and s.</param>
    /// <param name="coded">x̂ and ŝ, of the same shapes.</param>
    public void Add(SeenInputs seen, SeenInputs coded)
    {
        using var scope = NewDisposeScope();
        var x = coded.Inputs.to(ScalarType.Float64);
        Add(x);
        drift.add_(x.t().mm(seen.Inputs.to(ScalarType.Float64) - x));
        repair?.add_(x.t().mm(seen.Stream!.to(ScalarType.Float64) - coded.Stream!));
        drifted = true;
    }

    /// <summary>H, rounded to float32 once.</summary>
    /// <exception cref="ArgumentException">An input was not finite, or H does not fit.</exception>
    public Gram Gram() => rounded ??= Round();

    /// <summary>The weight to code in place of a layer's own; null where nothing was lost before the layer.</summary>
    /// <param name="weight">W, [rows, ...].</param>
    /// <param name="ridge">λ as a share of H's mean diagonal.</param>
    /// <exception cref="ArgumentException">The target is not finite.</exception>
    public ReadOnlyMemory<float>? Target(Tensor weight, double ridge)
    {
        if (!drifted)
        {
            return null;
        }

        using var scope = NewDisposeScope();
        var w = weight.to(ScalarType.Float64).view(-1, columns);
        var wanted = drift.mm(w.t());
        if (repair is not null)
        {
            wanted = wanted + repair;
        }

        var trace = gram.trace().item<double>();
        if (trace > 0)
        {
            w = w + linalg.solve(gram + (eye(columns, dtype: ScalarType.Float64, device: gram.device) * (ridge * trace / columns)), wanted).t();
        }

        var target = w.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        return Array.TrueForAll(target, float.IsFinite) ? target : throw new ArgumentException("the weights that would repair its outputs are not finite");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        gram.Dispose();
        drift.Dispose();
        repair?.Dispose();
    }

    private Gram Round()
    {
        using var scope = NewDisposeScope();
        var mean = ((gram + gram.t()) / (2.0 * Tokens)).to(ScalarType.Float32);
        if (!mean.isfinite().all().item<bool>())
        {
            throw new ArgumentException("its inputs hold values that are not finite");
        }

        return new Gram(columns, mean.cpu().contiguous().data<float>().ToArray(), Tokens);
    }
}
