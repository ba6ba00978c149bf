using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>Starts the side paths of a model that wait, and takes that back unless it is finished: what is loaded into them may turn out not to fit.</summary>
internal sealed class AdaptationStart : IDisposable
{
    private readonly ReparamLayer[] waiting;
    private readonly (Parameter Parameter, bool RequiresGrad)[] others;
    private bool isFinished;

    private AdaptationStart(Module module)
    {
        waiting = [.. module.ReparamLayers().Select(l => l.Layer).Where(l => l is { SidePath: not null, IsAdapting: false })];
        others = [.. module.named_parameters().Select(p => (p.parameter, p.parameter.requires_grad))];
    }

    /// <summary>Starts what waits; nothing if nothing does.</summary>
    /// <param name="module">A model.</param>
    /// <exception cref="InvalidOperationException">A layer is folded; nothing was started.</exception>
    /// <exception cref="ArgumentException">A side path refuses its weight; nothing was started.</exception>
    public static AdaptationStart Of(Module module)
    {
        var start = new AdaptationStart(module);
        if (start.waiting.Length == 0)
        {
            return start;
        }

        foreach (var layer in start.waiting)
        {
            layer.BeginStart();
        }

        try
        {
            module.StartAdaptation();
            return start;
        }
        catch
        {
            start.Dispose();
            throw;
        }
    }

    /// <summary>The side paths stay.</summary>
    public void Finish()
    {
        isFinished = true;
        foreach (var layer in waiting)
        {
            layer.FinishStart();
        }
    }

    /// <summary>Takes the start back if it was not finished.</summary>
    public void Dispose()
    {
        if (isFinished || waiting.Length == 0)
        {
            return;
        }

        foreach (var layer in waiting)
        {
            layer.UndoStart();
        }

        foreach (var (parameter, requiresGrad) in others)
        {
            parameter.requires_grad = requiresGrad;
        }
    }
}
