using System.Runtime.CompilerServices;
using Reparam.Compression.Simd;

namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>The best profile for the group in each lane, out of all of a table.</summary>
internal static unsafe class ProfileSearch<T, TPlanes>
    where T : unmanaged, ILanes<T>
    where TPlanes : struct, IPlanes
{
    /// <summary>Tries every profile.</summary>
    /// <param name="values">[16], a vector for each column of the groups, in units of the table.</param>
    /// <param name="importances">[16], what a squared distance counts; 0 past the end of a short group.</param>
    /// <param name="table">[profiles, bits + 1].</param>
    /// <param name="profiles">Number of profiles.</param>
    /// <param name="index">The profile of each lane as a float; of equal ones the first.</param>
    /// <returns>Its error, Σ importance·distance².</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Nearest(T* values, T* importances, float* table, int profiles, out T index)
    {
        var minimum = T.Create(float.PositiveInfinity);
        T best = default;
        for (var p = 0; p < profiles; p++)
        {
            var error = Error(values, importances, new ProfileLevels<T, TPlanes>(table + p * (TPlanes.Count + 1)));
            var better = T.Less(error, minimum);
            minimum = T.Min(error, minimum);
            best = T.Select(better, T.Create((float)p), best);
        }

        index = best;
        return minimum;
    }

    /// <summary>Error of the groups under one profile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Error(T* values, T* importances, in ProfileLevels<T, TPlanes> profileLevels)
    {
        T error = default;
        for (var k = 0; k < GroupTile.Size; k++)
        {
            var distance = profileLevels.Distance(values[k]);
            error += distance * distance * importances[k];
        }

        return error;
    }
}
