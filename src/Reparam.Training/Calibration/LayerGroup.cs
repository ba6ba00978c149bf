using System.Collections.Immutable;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>Layers that see the same inputs.</summary>
/// <param name="Layers">The layers, in the order in which they run.</param>
/// <param name="Stream">The module whose input is the residual stream that the layers write into; null where they write into none.</param>
/// <param name="Calls">How often each runs in a forward.</param>
/// <param name="Vectors">Input vectors that each sees in the first forward.</param>
internal sealed record LayerGroup(ImmutableArray<RunningLayer> Layers, Module<Tensor, Tensor>? Stream, int Calls, long Vectors)
{
    /// <summary>False for an embedding, which looks its rows up.</summary>
    public bool HasInputs => Layers[0].HasInputs;

    /// <summary>The share of the places of a convolution that is looked at.</summary>
    /// <param name="sampling">How many input vectors to look at in all.</param>
    /// <param name="batches">How many forwards run, each as long as the first.</param>
    /// <returns>Above 0 to 1; 1 of a linear layer.</returns>
    public double Share(PlaceSampling sampling, int batches) =>
        HasInputs ? Math.Min(1, sampling.Exact(Layers[0].Columns) / Math.Max(1, (double)Vectors * batches)) : 1;

    /// <summary>The groups of a model in the order in which they first run, found by running it. Layers that do not run are in none.</summary>
    /// <param name="model">The model.</param>
    /// <param name="streamOf">The module whose input is the stream that a layer writes into; null for none.</param>
    /// <param name="forward">Runs the model.</param>
    /// <param name="cancellation">Ends the forward.</param>
    public static ImmutableArray<LayerGroup> Record(
        RunningModel model, Func<RunningLayer, Module<Tensor, Tensor>?> streamOf, Action forward, CancellationToken cancellation)
    {
        var inputs = new Dictionary<RunningLayer, List<Tensor>>();
        var vectors = new Dictionary<RunningLayer, long>();
        var removals = new List<Action>();
        try
        {
            foreach (var layer in model.Layers)
            {
                var remover = layer.Module.register_forward_pre_hook((_, x) =>
                {
                    cancellation.ThrowIfCancellationRequested();
                    inputs.TryAdd(layer, []);
                    inputs[layer].Add(x);
                    vectors[layer] = vectors.GetValueOrDefault(layer) + layer.VectorsOf(x);
                    return x;
                });
                removals.Add(remover.remove);
            }

            using var noGrad = no_grad();
            using var scope = NewDisposeScope();
            forward();
        }
        finally
        {
            removals.ForEach(remove => remove());
        }

        // A dictionary that only grows keeps the order of its entries; equal inputs are the same objects, disposed of by now.
        var groups = new List<(List<RunningLayer> Layers, List<Tensor> Inputs, Module<Tensor, Tensor>? Stream)>();
        foreach (var (layer, seen) in inputs)
        {
            var stream = streamOf(layer);
            var at = groups.FindIndex(group => IsLinear(group.Layers[0]) && IsLinear(layer)
                && group.Stream == stream && group.Layers[0].MapsInputsAs(layer) && group.Inputs.SequenceEqual(seen, ReferenceEqualityComparer.Instance));
            if (at < 0)
            {
                groups.Add(([layer], seen, stream));
            }
            else
            {
                groups[at].Layers.Add(layer);
            }
        }

        return [.. groups.Select(group => new LayerGroup([.. group.Layers], group.Stream, group.Inputs.Count, vectors[group.Layers[0]]))];
    }

    private static bool IsLinear(RunningLayer layer) => layer.HasInputs && layer.Original.dim() == 2;
}
