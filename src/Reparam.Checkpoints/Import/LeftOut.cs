namespace Reparam.Checkpoints.Import;

/// <summary>What a file holds and the result will not, one sentence each. A long list ends with the number of the rest.</summary>
internal sealed class LeftOut
{
    private const int Max = 20;

    private readonly List<string> sentences = [];
    private long more;

    /// <summary>Adds a sentence without a full stop; it is not asked for when the list is long.</summary>
    public void Add(Func<string> sentence)
    {
        if (sentences.Count < Max)
        {
            sentences.Add(sentence());
        }
        else
        {
            more++;
        }
    }

    /// <summary>The sentences so far.</summary>
    public IReadOnlyList<string> Sentences => more == 0 ? sentences : [.. sentences, $"{more} more"];
}
