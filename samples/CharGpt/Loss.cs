using System.Numerics.Tensors;
using Reparam.Runtime;

namespace CharGpt;

/// <summary>Cross-entropy of a run-time model in nats a character, over the same windows as the trainer's.</summary>
public static class Loss
{
    /// <summary>Mean over all whole windows of a text.</summary>
    public static double OnText(CharTransformerRuntime model, string text, CancellationToken cancellation = default)
    {
        var context = model.Config.Context;
        var alphabet = model.Config.Alphabet.Length;
        var logits = new float[context * alphabet];
        var (nats, characters) = (0.0, 0);
        foreach (var window in Windows.Of(new CharTokenizer(model.Config.Alphabet).Encode(text), context))
        {
            cancellation.ThrowIfCancellationRequested();
            using (TensorScope.Open())
            {
                model.Call(Torch.Tensor(window[..context].ToArray()).View(1, context)).Span<float>().CopyTo(logits);
            }

            for (var i = 0; i < context; i++)
            {
                nats -= LogProbability(logits.AsSpan(i * alphabet, alphabet), window[i + 1]);
            }

            characters += context;
        }

        return nats / characters;
    }

    private static double LogProbability(ReadOnlySpan<float> logits, long token)
    {
        var largest = TensorPrimitives.Max(logits);
        var sum = 0.0;
        foreach (var logit in logits)
        {
            sum += Math.Exp(logit - largest);
        }

        return logits[(int)token] - largest - Math.Log(sum);
    }
}
