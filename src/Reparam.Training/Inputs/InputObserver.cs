using static TorchSharp.torch;

namespace Reparam.Training;

/// <summary>Gathers a layer's <see cref="InputStatistics"/>.</summary>
/// <param name="layer">A layer that has inputs.</param>
internal sealed class InputObserver(ReparamLayer layer) : IDisposable
{
    private readonly LayerInputs inputs = LayerInputs.Of(layer)
        ?? throw new InvalidOperationException(
            $"{layer.Shape.Layer} is an embedding: it looks up and has no inputs, so no method of it can ask for their statistics.");

    private readonly PlaceSampling sampling = new();

    private Tensor? minimum;
    private Tensor? maximum;
    private Tensor? sum;
    private Tensor? gram;
    private long vectors;

    /// <summary>Takes one input into account.</summary>
    /// <param name="x">What the layer is called with.</param>
    public void See(Tensor x)
    {
        if (x.numel() == 0)
        {
            return;
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var exact = x.detach().cpu().to(ScalarType.Float64);
        var channel = layer.Shape.Kind == LayerKinds.Linear ? exact.dim() - 1 : exact.dim() + 1 - layer.Shape.Weight.Count;
        var others = Enumerable.Range(0, (int)exact.dim()).Where(d => d != channel).Select(d => (long)d).ToArray();
        var (low, high) = others.Length == 0 ? (exact, exact) : (exact.amin(others), exact.amax(others));
        Keep(ref minimum, minimum is null ? low : minimum.minimum(low));
        Keep(ref maximum, maximum is null ? high : maximum.maximum(high));
        var draw = inputs.Draw(exact, sampling, vectors, long.MaxValue);
        var weight = draw?.Weight ?? 1;
        foreach (var part in inputs.Vectors(exact, draw))
        {
            Keep(ref sum, sum is null ? part.sum([0]) * weight : sum + (part.sum([0]) * weight));
            Keep(ref gram, gram is null ? part.t().mm(part) * weight : gram + (part.t().mm(part) * weight));
        }

        vectors += inputs.Count(exact);
    }

    /// <summary>What was seen.</summary>
    /// <exception cref="InvalidOperationException">Nothing was.</exception>
    public InputStatistics Statistics() => vectors > 0
        ? new InputStatistics(vectors, minimum!.clone(), maximum!.clone(), sum!, gram!)
        : throw new InvalidOperationException(
            $"{layer.Shape.Layer} saw no input during the calibration, and its methods need some: let the calibration call the model.");

    /// <inheritdoc/>
    public void Dispose()
    {
        minimum?.Dispose();
        maximum?.Dispose();
        sum?.Dispose();
        gram?.Dispose();
    }

    private static void Keep(ref Tensor? kept, Tensor next)
    {
        var old = kept;
        kept = next.clone().DetachFromDisposeScope();
        old?.Dispose();
    }
}
