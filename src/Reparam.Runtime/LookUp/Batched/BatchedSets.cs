using Reparam.Runtime.Packed;

namespace Reparam.Runtime.LookUp;

/// <summary>
/// Which columns the tables of a batched product stand for: sets of six, as the bits of prepacked weights give them without moving far. A 16-bit word of a
/// chunk holds sixteen columns of a row; its lower twelve bits are two sets, and the upper four bits of three words are two more. The two sets that a
/// register of indices looks up together are a pair.
/// </summary>
internal sealed class BatchedSets
{
    /// <summary>Columns of a set.</summary>
    public const int Inputs = 6;

    private const int LowBits = 2 * Inputs;
    private const int HighBits = 4;

    private readonly List<int[]> sets = [];

    /// <summary>Finds the sets of a segment.</summary>
    /// <param name="layout">Prepacked weights with rows in dwords.</param>
    /// <param name="planes">Byte planes of a table's entries, 1 or 2.</param>
    public BatchedSets(PrepackedLayout layout, int planes)
    {
        for (var scaleSet = 0; scaleSet < layout.ScaleSets; scaleSet++)
        {
            var words = Words(layout, scaleSet, planes == 2 ? [0] : [0, 1]);
            var partners = planes == 2 ? Words(layout, scaleSet, [1]) : words;
            for (var i = 0; i < words.Count; i++)
            {
                if (planes == 1)
                {
                    // A word is a row's: its two sets are looked up together.
                    sets.AddRange([words[i][..Inputs], words[i][Inputs..]]);
                    continue;
                }

                // Both words of a dword are a row's: the first sets of both are looked up together, then the second ones, if there are any.
                sets.AddRange([words[i][..Inputs], partners[i][..Inputs]]);
                if (words[i].AsSpan(Inputs).ContainsAnyExcept(-1))
                {
                    sets.AddRange([words[i][Inputs..], partners[i][Inputs..]]);
                }
            }
        }
    }

    /// <summary>Sets of a segment, an even number: first those of its first set of scales.</summary>
    public int Count => sets.Count;

    /// <summary>The columns of a set, counted from the segment's first; -1 for none.</summary>
    public ReadOnlySpan<int> Columns(int set) => sets[set];

    // The columns of the twelve bits that two sets are made of, for the given halves of dwords.
    private static List<int[]> Words(PrepackedLayout layout, int scaleSet, int[] halves)
    {
        var (words, high) = (new List<int[]>(), new List<int>());
        for (var chunk = 0; chunk < layout.Chunks; chunk++)
        {
            foreach (var half in halves)
            {
                // Four bits each: nibbles n, n + 4, n + 1, n + 5 of the chunk.
                var bits = new int[LowBits + HighBits];
                for (var bit = 0; bit < bits.Length; bit++)
                {
                    var nibble = (2 * half) + (bit / 8) + (bit % 8 / 4 * 4);
                    bits[bit] = (chunk * PrepackedLayout.ChunkColumns) + (4 * nibble) + (bit % 4);
                }

                if (layout.ScaleSets == 2)
                {
                    // Every other nibble has these scales. They are brought to the lower halves of the bytes.
                    words.Add([.. Enumerable.Range(0, LowBits).Select(bit => bit % 8 < 4 ? bits[bit + (4 * scaleSet)] : -1)]);
                    continue;
                }

                words.Add(bits[..LowBits]);
                high.AddRange(bits[LowBits..]);
            }
        }

        words.AddRange(high.Chunk(LowBits).Select(bits => (int[])[.. bits, .. Enumerable.Repeat(-1, LowBits - bits.Length)]));
        return words;
    }
}
