using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CharGpt.Trainer;

/// <summary>Cross-entropy in nats a character.</summary>
public static class Loss
{
    private const int WindowsAtOnce = 32;

    /// <param name="logits">[batch, length, alphabet].</param>
    /// <param name="targets">int64 [batch, length].</param>
    public static Tensor Of(Tensor logits, Tensor targets)
    {
        return functional.cross_entropy(logits.flatten(0, 1), targets.flatten());
    }

    /// <summary>Mean over all whole windows of a text, with the model in evaluation mode; its mode is restored.</summary>
    public static double OnText(CharTransformer model, long[] tokens, int context)
    {
        using var noGrad = no_grad();
        var wasTraining = model.training;
        model.eval();
        var (sum, windows) = (0.0, 0);
        foreach (var chunk in Windows.Of(tokens, context).Chunk(WindowsAtOnce))
        {
            using var scope = NewDisposeScope();
            var batch = tensor(chunk.SelectMany(window => window).ToArray()).view(chunk.Length, context + 1);
            var logits = model.call(batch.narrow(1, 0, context));
            sum += Of(logits, batch.narrow(1, 1, context)).item<float>() * chunk.Length;
            windows += chunk.Length;
        }

        model.train(wasTraining);
        return sum / windows;
    }
}
