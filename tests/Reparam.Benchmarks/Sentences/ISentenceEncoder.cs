namespace Reparam.Benchmarks.Sentences;

/// <summary>Something that gives texts their vectors.</summary>
internal interface ISentenceEncoder : IDisposable
{
    /// <summary>What the table calls it.</summary>
    string Name { get; }

    /// <summary>Bytes of the weights of its linear layers.</summary>
    long LinearBytes { get; }

    /// <summary>The vectors of some texts, each of length 1.</summary>
    /// <param name="batch">The texts.</param>
    /// <returns>[texts, width].</returns>
    float[] Encode(SentenceBatch batch);
}
