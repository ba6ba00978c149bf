using System.Runtime.CompilerServices;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Simd;

namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>Groups of 16 weights side by side, one in each lane.</summary>
internal static unsafe class GroupTile
{
    /// <summary>Columns of a group.</summary>
    public const int Size = NestedMatrix.GroupSize;

    /// <summary>Lays the profile of each lane into vectors, amplitudes first.</summary>
    /// <param name="table">[profiles, entries].</param>
    /// <param name="entries">bits + 1.</param>
    /// <param name="index">The profile of each lane, as a float.</param>
    /// <param name="destination">[entries].</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gather<T>(float* table, int entries, T index, T* destination)
        where T : unmanaged, ILanes<T>
    {
        var indices = stackalloc float[Size];
        index.Store(indices);
        var lanes = (float*)destination;
        for (var lane = 0; lane < T.Count; lane++)
        {
            var profile = table + (int)indices[lane] * entries;
            for (var i = 0; i < entries; i++)
            {
                lanes[i * T.Count + lane] = profile[i];
            }
        }
    }
}
