using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>Sees what reaches a layer in a forward, and ends the forward as soon as it has seen it.</summary>
internal sealed class ForwardTap : IDisposable
{
    private readonly RunningLayer layer;
    private readonly int calls;
    private readonly List<Action> removals = [];
    private readonly List<Tensor> inputs = [];
    private readonly List<Tensor> streams = [];
    private Tensor? stream;
    private bool ended;

    /// <summary>Watches a layer until this is disposed of.</summary>
    /// <param name="group">The layer and those that see the same inputs.</param>
    /// <param name="cancellation">Ends a forward at the layer.</param>
    public ForwardTap(LayerGroup group, CancellationToken cancellation)
    {
        layer = group.Layers[0];
        calls = group.Calls;
        if (group.Stream is { } norm)
        {
            var hook = norm.register_forward_pre_hook((_, x) =>
            {
                stream?.Dispose();
                stream = x.detach().clone().DetachFromDisposeScope();
                return x;
            });
            removals.Add(hook.remove);
        }

        var remover = layer.Module.register_forward_pre_hook((_, x) =>
        {
            cancellation.ThrowIfCancellationRequested();
            See(x);
            return x;
        });
        removals.Add(remover.remove);
    }

    /// <summary>Runs a forward up to the layer.</summary>
    /// <returns>The layer's inputs [tokens, columns] and the residual stream [tokens, rows], or null where the layer does not write into one. The caller disposes of both.</returns>
    /// <exception cref="InvalidOperationException">The layer did not run, or the stream was not seen.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public (Tensor Inputs, Tensor? Stream) Run(Action forward)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        try
        {
            RunToTheEnd(forward);
            return inputs.Count > 0
                ? (cat(inputs).DetachFromDisposeScope(), streams.Count == 0 ? null : cat(streams).DetachFromDisposeScope())
                : throw new InvalidOperationException($"'{layer.Tensor}' ran with the first batch and does not with another one");
        }
        finally
        {
            Forget();
        }
    }

    /// <summary>Stops watching.</summary>
    public void Dispose()
    {
        foreach (var remove in removals)
        {
            remove();
        }

        Forget();
    }

    private void RunToTheEnd(Action forward)
    {
        ended = false;
        try
        {
            forward();
        }
        catch when (ended)
        {
            // What was asked for has been seen.
        }
    }

    private void See(Tensor x)
    {
        if (removals.Count > 1)
        {
            streams.Add(Keep(layer.Outputs(stream ?? throw new InvalidOperationException($"the module whose input is the stream of '{layer.Tensor}' runs after it"))));
        }

        inputs.Add(Keep(layer.Inputs(x)));
        if (inputs.Count == calls)
        {
            ended = true;
            throw new ForwardEndedException();
        }
    }

    // Float64 from here on. A copy: the model may go on and write into its own.
    private static Tensor Keep(Tensor vectors) => vectors.detach().to(ScalarType.Float64, copy: true).DetachFromDisposeScope();

    private void Forget()
    {
        foreach (var tensor in inputs.Concat(streams))
        {
            tensor.Dispose();
        }

        inputs.Clear();
        streams.Clear();
        stream?.Dispose();
        stream = null;
    }

    private sealed class ForwardEndedException() : Exception("the forward has shown what was asked for");
}
