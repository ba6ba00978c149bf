using System.Numerics;

namespace Reparam.Compression.Allocation;

/// <summary>
/// The integer program of bit allocation: one choice a layer, the lowest sum of costs, the sum of bytes within a budget. The answer is optimal, or says by how
/// much it may not be; of several of one cost it has the fewest bytes. Costs are rounded to 2^−52 of the sum of the layers' ranges, then all is computed in
/// integers: no machine gives another answer.
/// </summary>
public static class BudgetSolver
{
    /// <summary>Largest number of shared tables.</summary>
    public const int MaxTables = 10;

    private const int CostBits = 52;

    /// <summary>Finds the best choices.</summary>
    /// <param name="layers">The choices of each layer, one or more.</param>
    /// <param name="budget">Maximum bytes that choices and their tables may take.</param>
    /// <param name="tables">Bytes of each shared table, counted once if any layer's choice needs it; at most 10.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The solution; null where not even the smallest choices fit.</returns>
    /// <exception cref="ArgumentException">A layer without a choice, a negative size, a cost that is not finite, or a table that does not exist.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static BudgetSolution? Solve(
        IReadOnlyList<IReadOnlyList<BudgetChoice>> layers, long budget, IReadOnlyList<long>? tables = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(layers);
        tables ??= [];
        Check(layers, tables);
        var (costs, exponent) = Quantise(layers);
        (int[] Choices, long Cost, long Bytes)? best = null;
        var gap = 0L;

        // Which tables are in the file is one of a few cases; each leaves a knapsack without shared parts.
        for (var present = 0; present < 1 << tables.Count; present++)
        {
            var ofTables = tables.Where((_, table) => (present >> table & 1) != 0).Sum();
            var program = new Knapsack(layers, costs, present, budget - ofTables, best?.Cost, cancellation);
            if (program.Solve() is { } found && (best is null || (found.Cost, found.Bytes + ofTables).CompareTo((best.Value.Cost, best.Value.Bytes)) < 0))
            {
                best = (found.Choices, found.Cost, found.Bytes + ofTables);
            }

            gap = Math.Max(gap, program.Tolerance);
        }

        return best is { } solution ? new BudgetSolution([.. solution.Choices], solution.Bytes, Math.ScaleB(gap, -exponent) * 8) : null;
    }

    private static void Check(IReadOnlyList<IReadOnlyList<BudgetChoice>> layers, IReadOnlyList<long> tables)
    {
        if (tables.Count > MaxTables || tables.Any(bytes => bytes is < 0 or > Knapsack.MaxBytes))
        {
            throw new ArgumentException(
                $"there are {tables.Count} tables of {string.Join(", ", tables)} bytes; at most {MaxTables} of 0 bytes or more are expected", nameof(tables));
        }

        Int128 total = 0;
        for (var layer = 0; layer < layers.Count; layer++)
        {
            if (layers[layer].Count == 0)
            {
                throw new ArgumentException($"layer {layer} has no choice", nameof(layers));
            }

            foreach (var choice in layers[layer])
            {
                if (choice.Bytes < 0 || !double.IsFinite(choice.Cost) || choice.Table < -1 || choice.Table >= tables.Count)
                {
                    throw new ArgumentException(
                        $"layer {layer} has the choice {choice}; 0 bytes or more, a finite cost and one of {tables.Count} tables are expected", nameof(layers));
                }
            }

            total += layers[layer].Max(choice => choice.Bytes);
        }

        if (total > Knapsack.MaxBytes)
        {
            throw new ArgumentException($"the largest choices take {total} bytes together; at most {Knapsack.MaxBytes} are expected", nameof(layers));
        }
    }

    // Costs above the layer's lowest, as integers whose sum over layers stays below 2^53.
    private static (long[][] Costs, int Exponent) Quantise(IReadOnlyList<IReadOnlyList<BudgetChoice>> layers)
    {
        // An eighth, because the difference of two finite costs may not be finite.
        const double Eighth = 0.125;
        var lowest = layers.Select(choices => choices.Min(choice => choice.Cost)).ToArray();
        var ranges = layers.Select((choices, layer) => choices.Max(choice => choice.Cost) * Eighth - lowest[layer] * Eighth).ToArray();
        var largest = ranges.Length == 0 ? 0 : ranges.Max();
        if (largest == 0)
        {
            return ([.. layers.Select(choices => new long[choices.Count])], 0);
        }

        var exponent = CostBits - 1 - Math.ILogB(largest) - (BitOperations.Log2((uint)layers.Count) + 1);
        return ([.. layers.Select((choices, layer) => choices.Select(choice => Round(choice.Cost * Eighth - lowest[layer] * Eighth, exponent)).ToArray())],
            exponent);
    }

    private static long Round(double value, int exponent) => (long)Math.Round(Math.ScaleB(value, exponent), MidpointRounding.ToEven);
}
