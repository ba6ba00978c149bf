namespace Reparam.Benchmarks.Measuring;

/// <summary>Something that is timed.</summary>
/// <param name="Name">What the tables call it.</param>
/// <param name="Run">One operation. Allocates nothing once warm, so that no collection falls into a sample.</param>
/// <param name="Bytes">Bytes of weights that an operation reads.</param>
/// <param name="Cold">Whether each operation takes weights that no cache holds; else a sample begins with untimed operations that fill the caches.</param>
internal sealed record Contender(string Name, Action Run, long Bytes, bool Cold = false)
{
    /// <summary>A contender whose operations take one copy of the weights after another; with one copy it is a hot one.</summary>
    /// <param name="name">What the tables call it.</param>
    /// <param name="copies">At least one.</param>
    /// <param name="run">One operation on a copy.</param>
    /// <param name="bytes">Bytes of weights of one copy.</param>
    /// <param name="cold">Whether the copies are together larger than any cache.</param>
    public static Contender Over<T>(string name, IReadOnlyList<T> copies, Action<T> run, long bytes, bool cold)
    {
        var next = 0;
        return new Contender(name, Turn, bytes, cold);

        void Turn()
        {
            run(copies[next]);
            next = next + 1 == copies.Count ? 0 : next + 1;
        }
    }
}
