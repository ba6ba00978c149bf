using System.Numerics.Tensors;
using Reparam.Runtime;

namespace CharGpt;

/// <summary>Continues a text, character by character.</summary>
/// <param name="model">The model.</param>
/// <param name="temperature">0 for the likeliest character each time.</param>
/// <param name="seed">Seed of the draws.</param>
public sealed class Writer(CharTransformerRuntime model, float temperature, int seed)
{
    private readonly CharTokenizer tokenizer = new(model.Config.Alphabet);
    private readonly float[] probabilities = new float[model.Config.Alphabet.Length];
    private readonly Random random = new(seed);

    /// <summary>
    /// The characters after <paramref name="prompt"/>, each as soon as it is drawn. When the text outgrows the context, the model
    /// goes on from its last half.
    /// </summary>
    public IEnumerable<char> Continue(string prompt)
    {
        var context = model.Config.Context;
        var text = tokenizer.Encode(prompt.Length == 0 ? "\n" : prompt).ToList();
        var start = Math.Max(0, text.Count - context);
        while (true)
        {
            if (text.Count - start > context)
            {
                start = text.Count - context / 2;
            }

            var token = Next([.. text[start..]]);
            text.Add(token);
            yield return tokenizer.Decode(token);
        }
    }

    private int Next(long[] window)
    {
        using (TensorScope.Open())
        {
            var logits = model.Call(Torch.Tensor(window).View(1, window.Length));
            logits.Select(1, -1).Span<float>().CopyTo(probabilities);
        }

        if (temperature == 0)
        {
            return TensorPrimitives.IndexOfMax(probabilities);
        }

        TensorPrimitives.Divide(probabilities, temperature, probabilities);
        TensorPrimitives.SoftMax(probabilities, probabilities);
        var ticket = random.NextSingle();
        for (var token = 0; token < probabilities.Length; token++)
        {
            ticket -= probabilities[token];
            if (ticket < 0)
            {
                return token;
            }
        }

        return TensorPrimitives.IndexOfMax(probabilities);
    }
}
