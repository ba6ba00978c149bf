using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Reparam.Benchmarks.Models;

/// <summary>Adds up the time that passes in each region. It costs one reading of the time at each change of region, and none while it stands.</summary>
internal sealed class RegionClock
{
    private readonly long[] ticks = new long[Enum.GetValues<Region>().Length];
    private bool runs;
    private Region current;
    private long since;

    /// <summary>Time of each region so far, in ticks of the stopwatch.</summary>
    public ReadOnlySpan<long> Ticks => ticks;

    /// <summary>Begins to count, in <see cref="Region.Other"/>.</summary>
    public void Start()
    {
        runs = true;
        current = Region.Other;
        since = Stopwatch.GetTimestamp();
    }

    /// <summary>Stops; what was counted stays.</summary>
    public void Stop()
    {
        Enter(Region.Other);
        runs = false;
    }

    /// <summary>From here on the time is that of <paramref name="region"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter(Region region)
    {
        if (runs)
        {
            Change(region);
        }
    }

    private void Change(Region region)
    {
        var now = Stopwatch.GetTimestamp();
        ticks[(int)current] += now - since;
        (current, since) = (region, now);
    }
}
