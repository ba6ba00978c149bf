namespace Reparam.Runtime.Packed;

/// <summary>The prepacked form of a weight that was made before.</summary>
/// <param name="key">The <see cref="PrepackedWeights.Key"/> of what was stored.</param>
/// <param name="read">Gives the memory of so many bytes; null when what is stored has another length or is damaged.</param>
internal sealed class StoredPrepack(string key, Func<long, LineMemory?> read)
{
    /// <summary>The prepacked form; null when it is not of this key and length, or damaged.</summary>
    public LineMemory? Fitting(string expectedKey, long bytes) => key == expectedKey ? read(bytes) : null;
}
