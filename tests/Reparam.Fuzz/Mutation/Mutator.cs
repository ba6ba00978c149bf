namespace Reparam.Fuzz.Mutation;

/// <summary>Makes a broken file of a good one: a few mutations of its parts, or of its bytes as they are.</summary>
internal static class Mutator
{
    private const int LargestFile = 1 << 20;

    /// <summary>A mutated file. The same random numbers give the same file.</summary>
    public static byte[] Mutate(Random random, Container container, IReadOnlyList<Seed> seeds)
    {
        var file = seeds[random.Next(seeds.Count)].Bytes;
        var other = seeds[random.Next(seeds.Count)].Bytes;

        // One mutation gets past more checks than eight of them.
        var times = random.Next(2) == 0 ? 1 : 1 + random.Next(8);
        if (random.Next(4) == 0 || container.Split(file) is not { Length: > 0 } parts)
        {
            for (; times > 0 && file.Length < LargestFile; times--)
            {
                file = ByteMutator.Mutate(random, file, other);
            }

            return file;
        }

        if (random.Next(3) == 0 && container.Restructure(random, parts) is { } changed)
        {
            parts = changed;
            times -= random.Next(2);
        }

        for (; times > 0 && parts.Sum(part => part.Bytes.Length) < LargestFile; times--)
        {
            var index = random.Next(parts.Length);
            var bytes = parts[index].Bytes;
            parts[index] = parts[index] with { Bytes = parts[index].IsJson ? JsonMutator.Mutate(random, bytes, other) : ByteMutator.Mutate(random, bytes, other) };
        }

        return container.Join(parts);
    }
}
