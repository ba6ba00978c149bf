namespace Reparam.Fuzz;

/// <summary>What came of the runs of one reader.</summary>
internal sealed class ReaderResult
{
    /// <summary>Files read.</summary>
    public long Runs { get; set; }

    /// <summary>How often each outcome was: <c>read</c>, or the name of an exception.</summary>
    public SortedDictionary<string, long> Outcomes { get; } = new(StringComparer.Ordinal);

    /// <summary>The first failure of each kind and place, with the run that gave it.</summary>
    public Dictionary<(string Kind, string Place), (Failure Failure, long Run)> Failures { get; } = [];

    /// <summary>Maximum bytes that one run allocated, and which run.</summary>
    public (long Bytes, long Run) MostMemory { get; private set; }

    /// <summary>Longest run, and which. It is told and never judged: the machine may have been busy.</summary>
    public (TimeSpan Time, long Run) Longest { get; private set; }

    /// <summary>Adds a run.</summary>
    public void Add(long run, string outcome, long bytes, TimeSpan time)
    {
        Runs++;
        Outcomes[outcome] = Outcomes.GetValueOrDefault(outcome) + 1;
        MostMemory = bytes > MostMemory.Bytes ? (bytes, run) : MostMemory;
        Longest = time > Longest.Time ? (time, run) : Longest;
    }
}
