using Reparam.Checkpoints.Packed;
using Reparam.Compression.Numerics;

namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>A table as the coders use it.</summary>
internal sealed class NestedLevels
{
    /// <summary>Takes a table for a matrix of a range.</summary>
    public NestedLevels(ProfileTable table, Normalization normalization)
    {
        Units = new float[table.Entries.Length];
        var largest = 0;
        for (var p = 0; p < table.Count; p++)
        {
            var sum = 0;
            for (var i = 0; i <= table.Bits; i++)
            {
                var entry = table.Profile(p)[i];
                Units[p * (table.Bits + 1) + i] = entry;
                sum += Math.Abs((int)entry);
            }

            largest = Math.Max(largest, sum);
        }

        Profiles = table.Count;
        Step = table.Step;
        LargestScale = largest == 0 ? double.PositiveInfinity : normalization.LargestLevel / ((double)Step * largest);
    }

    /// <summary>[profiles, bits + 1], whole numbers.</summary>
    public float[] Units { get; }

    /// <summary>Number of profiles.</summary>
    public int Profiles { get; }

    /// <summary>Value of one unit, relative to the super-scale.</summary>
    public float Step { get; }

    /// <summary>Largest super-scale with which whatever the table holds decodes to floats.</summary>
    public double LargestScale { get; }
}
