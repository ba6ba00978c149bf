using TorchSharp;
using static TorchSharp.torch;

namespace Reparam.Training;

/// <summary>Sees what reaches some layers in a forward, and ends the forward as soon as it has seen it.</summary>
internal sealed class ForwardTap : IDisposable
{
    private readonly List<Watch> watches = [];
    private readonly List<Action> removals = [];
    private readonly PlaceSampling sampling;
    private int open;
    private bool ended;

    /// <summary>Watches the first layer of each group until this is disposed of.</summary>
    /// <param name="groups">Groups of layers that see the same inputs.</param>
    /// <param name="sampling">How many input vectors of a convolution are kept in all.</param>
    /// <param name="batches">How many forwards run.</param>
    /// <param name="cancellation">Ends a forward at the next of the layers.</param>
    public ForwardTap(IEnumerable<LayerGroup> groups, PlaceSampling sampling, int batches, CancellationToken cancellation)
    {
        this.sampling = sampling;
        foreach (var group in groups)
        {
            var watch = new Watch(group, group.Share(sampling, batches));
            watches.Add(watch);
            if (group.Stream is { } norm)
            {
                var hook = norm.register_forward_pre_hook((_, x) =>
                {
                    watch.SeeStream(x);
                    return x;
                });
                removals.Add(hook.remove);
            }

            var remover = group.Layers[0].Module.register_forward_pre_hook((_, x) =>
            {
                cancellation.ThrowIfCancellationRequested();
                open -= watch.SeeInput(x) ? 1 : 0;
                ended = open == 0;
                return ended ? throw new ForwardEndedException() : x;
            });
            removals.Add(remover.remove);
        }
    }

    /// <summary>Runs a forward as far as the last of the layers.</summary>
    /// <param name="batch">Which of the forwards: whenever it runs, the same places of a convolution are looked at.</param>
    /// <param name="forward">Runs the model.</param>
    /// <returns>What reached each group.</returns>
    /// <exception cref="InvalidOperationException">A layer did not run, or its stream was not seen before it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public SeenInputs[] Run(int batch, Action forward)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        try
        {
            watches.ForEach(watch => watch.Begin(sampling.RandomAt(batch)));
            RunToTheEnd(forward);
            watches.ForEach(watch => watch.RequireSeen());
            return [.. watches.Select(watch => watch.Take())];
        }
        finally
        {
            watches.ForEach(watch => watch.Forget());
        }
    }

    /// <summary>Stops watching.</summary>
    public void Dispose() => removals.ForEach(remove => remove());

    private void RunToTheEnd(Action forward)
    {
        (open, ended) = (watches.Count, false);
        try
        {
            forward();
        }
        catch when (ended)
        {
            // What was asked for has been seen.
        }
    }

    private sealed class ForwardEndedException() : Exception("the forward has shown what was asked for");

    /// <summary>What has been seen of one group in this forward.</summary>
    private sealed class Watch(LayerGroup group, double share)
    {
        private readonly RunningLayer layer = group.Layers[0];
        private readonly List<Tensor> inputs = [];
        private readonly List<Tensor> streams = [];
        private Tensor? stream;
        private Random random = Random.Shared;

        /// <param name="places">Chooses the places of this forward.</param>
        public void Begin(Random places) => random = places;

        public void SeeStream(Tensor x)
        {
            stream?.Dispose();
            stream = Keep(layer.Outputs(x));
        }

        /// <returns>True where this was the last call.</returns>
        public bool SeeInput(Tensor x)
        {
            if (inputs.Count == group.Calls)
            {
                return false;
            }

            var draw = layer.Draw(x, share, random);
            if (group.Stream is not null)
            {
                streams.Add(At(draw, stream ?? throw new InvalidOperationException($"the module whose input is the stream of '{layer.Tensor}' runs after it")));
                stream = null;
            }

            inputs.Add(Keep(layer.Inputs(x, draw)));
            return inputs.Count == group.Calls;
        }

        public void RequireSeen()
        {
            if (inputs.Count == 0)
            {
                throw new InvalidOperationException($"'{layer.Tensor}' ran with the first batch and does not with another one");
            }
        }

        public SeenInputs Take() => new(cat(inputs).DetachFromDisposeScope(), streams.Count == 0 ? null : cat(streams).DetachFromDisposeScope());

        public void Forget()
        {
            inputs.ForEach(tensor => tensor.Dispose());
            streams.ForEach(tensor => tensor.Dispose());
            inputs.Clear();
            streams.Clear();
            stream?.Dispose();
            stream = null;
        }

        // The stream where the layer's kernel lies; what it was is disposed of.
        private static Tensor At(PlaceDraw? draw, Tensor stream)
        {
            if (draw is null)
            {
                return stream;
            }

            using (stream)
            {
                using var rows = tensor(draw.RowsOf(stream.shape[0] / draw.Samples), device: stream.device);
                return stream.index_select(0, rows).DetachFromDisposeScope();
            }
        }

        // A copy: the model may go on and write into its own.
        private static Tensor Keep(Tensor vectors)
        {
            using var scope = NewDisposeScope();
            return vectors.detach().clone().DetachFromDisposeScope();
        }
    }
}
