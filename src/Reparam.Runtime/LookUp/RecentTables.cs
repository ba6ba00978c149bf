namespace Reparam.Runtime.LookUp;

/// <summary>The tables that a thread built last, so that products of the same input share them, and the memory that it builds them from.</summary>
internal sealed unsafe class RecentTables
{
    [ThreadStatic]
    private static RecentTables? local;

    private readonly TableSet[] sets = [new(), new()];
    private AlignedMemory padded = new(0);
    private long latestTicket;

    /// <summary>The calling thread's.</summary>
    public static RecentTables Local => local ??= new RecentTables();

    /// <summary>The tables of some input rows, the latest ones from now on.</summary>
    /// <param name="plan">How they are built.</param>
    /// <param name="x">[inputs, columns].</param>
    /// <param name="inputs">Input rows.</param>
    /// <param name="isBuilt">Whether they are there; else they are to be built, of the rows that the set has taken.</param>
    public TableSet Find(TablePlan plan, ReadOnlySpan<float> x, int inputs, out bool isBuilt)
    {
        latestTicket = 0;
        isBuilt = sets[0].Holds(plan, x, inputs);
        if (isBuilt)
        {
            return sets[0];
        }

        (sets[0], sets[1]) = (sets[1], sets[0]);
        isBuilt = sets[0].Holds(plan, x, inputs);
        if (!isBuilt)
        {
            sets[0].Take(plan, x, inputs);
        }

        return sets[0];
    }

    /// <summary>The tables of one input row, built where they are missing.</summary>
    /// <param name="plan">How they are built.</param>
    /// <param name="x">[columns].</param>
    /// <param name="ticket">Not 0, and another one for each input: with the latest one there is nothing to compare.</param>
    public TableSet Build(TablePlan plan, float* x, long ticket)
    {
        if (ticket == latestTicket)
        {
            return sets[0];
        }

        var row = PaddedRow(plan);
        var set = Find(plan, new ReadOnlySpan<float>(x, plan.Columns), 1, out var isBuilt);
        if (!isBuilt)
        {
            set.Normalise(0, row);
            set.Build(0, row, 0, plan.Segments);
        }

        latestTicket = ticket;
        return set;
    }

    /// <summary>Memory for an input row in prepacked order.</summary>
    public float* PaddedRow(TablePlan plan)
    {
        if (padded.Bytes < (long)plan.PaddedColumns * sizeof(float))
        {
            padded = new AlignedMemory((long)plan.PaddedColumns * sizeof(float));
        }

        return (float*)padded.Start;
    }
}
