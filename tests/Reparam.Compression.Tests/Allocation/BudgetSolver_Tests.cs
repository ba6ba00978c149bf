using CsCheck;
using Reparam.Compression.Allocation;

namespace Reparam.Compression.Tests.Allocation;

/// <summary>The integer program against trying everything.</summary>
public class BudgetSolver_Tests
{
    private static readonly Gen<BudgetChoice> Coarse = Gen.Select(Gen.Long[0, 12], Gen.Int[0, 6], Gen.Int[-1, 1], (bytes, cost, table) => new BudgetChoice(bytes, cost, table));

    private static readonly Gen<BudgetChoice> Fine = Gen.Select(Gen.Long[0, 1L << 40], Gen.Double[-1, 1], Gen.Int[-1, 1], (bytes, cost, table) => new BudgetChoice(bytes, cost * 1e3, table));

    [Fact]
    public void It_is_as_good_as_the_best_of_all_with_ties_tables_and_any_budget() => Gen
        .Select(Coarse.Array[1, 5].Array[1, 6], Gen.Long[-2, 60], Gen.Long[0, 9], Gen.Long[0, 9])
        .Sample((layers, budget, first, second) => AssertOptimal(layers, budget, [first, second]));

    [Fact]
    public void It_is_as_good_as_the_best_of_all_at_real_sizes() => Gen
        .Select(Fine.Array[1, 4].Array[1, 6], Gen.Double[0, 1], Gen.Long[0, 1L << 38])
        .Sample((layers, part, table) => AssertOptimal(layers, (long)(part * layers.Sum(layer => layer.Max(choice => choice.Bytes))), [table, 1]));

    [Fact]
    public void One_layer_takes_its_cheapest_choice_that_fits()
    {
        BudgetChoice[][] layers = [[new(10, 3), new(20, 1), new(30, 1), new(40, 0)]];
        Assert.Equal<int>([1], BudgetSolver.Solve(layers, 39)!.Choices);
        Assert.Equal<int>([3], BudgetSolver.Solve(layers, 40)!.Choices);
        Assert.Equal<int>([0], BudgetSolver.Solve(layers, 10)!.Choices);
        Assert.Null(BudgetSolver.Solve(layers, 9));
        Assert.Equal<int>([], BudgetSolver.Solve([], 0)!.Choices);
    }

    [Fact]
    public void A_table_is_paid_once()
    {
        // Alone the table does not pay for itself; for two layers it does.
        BudgetChoice[][] layers = [[new(10, 4), new(10, 1, 0)], [new(10, 4), new(10, 1, 0)], [new(10, 5), new(17, 0)]];
        Assert.Equal<int>([1, 1, 0], BudgetSolver.Solve(layers, 37, [7])!.Choices);
        Assert.Equal(37, BudgetSolver.Solve(layers, 37, [7])!.Bytes);
        Assert.Equal<int>([0, 0, 1], BudgetSolver.Solve(layers, 37, [8])!.Choices);
        Assert.Equal<int>([1, 1, 1], BudgetSolver.Solve(layers, 44, [7])!.Choices);
    }

    [Fact]
    public void Costs_of_any_size_are_told_apart()
    {
        BudgetChoice[][] layers = [[new(1, 1e-300), new(2, 0)], [new(1, 3e-300), new(2, 1e-300)]];
        Assert.Equal<int>([0, 1], BudgetSolver.Solve(layers, 3)!.Choices);
        BudgetChoice[][] huge = [[new(1, double.MaxValue), new(2, double.MinValue)], [new(1, 0), new(2, -1e300)]];
        Assert.Equal<int>([1, 0], BudgetSolver.Solve(huge, 3)!.Choices);
    }

    [Fact]
    public void Hundreds_of_layers_of_a_real_model_are_solved_to_the_byte()
    {
        // Blocks of seven matrices in few shapes with twelve choices each, and costs that fall by about a quarter a bit.
        var random = new Random(7);
        BudgetChoice[][] layers = [.. Enumerable.Range(0, 500).Select(layer => Choices(random, layer))];
        var weights = layers.Sum(layer => layer[0].Bytes);
        var budget = (long)(weights * 2.3);
        var found = BudgetSolver.Solve(layers, budget)!;
        var cost = layers.Select((layer, index) => layer[found.Choices[index]].Cost).Sum();
        Assert.InRange(found.Bytes, 0, budget);
        Assert.Equal(0, found.Gap);

        // No linear mixture of choices is cheaper by more than one step of the hull; the solution lies between.
        var bound = Enumerable.Range(-200, 401).Max(power => Relaxed(layers, budget, Math.Pow(1.1, power)));
        Assert.InRange(cost, bound, bound * (1 + 1e-3));
    }

    [Fact]
    public void Where_every_layer_has_one_rate_and_a_size_of_its_own_the_answer_says_how_good_it_is()
    {
        // A subset sum: the budget can be met to the byte, and finding out how would take years.
        var random = new Random(3);
        BudgetChoice[][] layers = [.. Enumerable.Range(0, 30).Select(_ => Enumerable.Range(0, 12).Select(_ => random.NextInt64(1L << 40)).Select(bytes => new BudgetChoice(bytes, -bytes)).ToArray())];
        var budget = layers.Sum(layer => layer.Max(choice => choice.Bytes)) / 2;
        var found = BudgetSolver.Solve(layers, budget)!;
        Assert.InRange(budget - found.Bytes, 0, (long)found.Gap);
        Assert.InRange(found.Gap, 0, 1e-6 * budget);
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        Assert.Throws<ArgumentException>(() => BudgetSolver.Solve([[]], 1));
        Assert.Throws<ArgumentException>(() => BudgetSolver.Solve([[new(-1, 0)]], 1));
        Assert.Throws<ArgumentException>(() => BudgetSolver.Solve([[new(1, double.NaN)]], 1));
        Assert.Throws<ArgumentException>(() => BudgetSolver.Solve([[new(1, 0, 0)]], 1));
        Assert.Throws<ArgumentException>(() => BudgetSolver.Solve([[new(1L << 60, 0)]], 1));
    }

    private static BudgetChoice[] Choices(Random random, int layer)
    {
        long[] sizes = [4096 * 4096, 4096 * 1024, 4096 * 1024, 4096 * 4096, 4096 * 14336, 4096 * 14336, 14336 * 4096];
        var weights = sizes[layer % sizes.Length];
        var scale = Math.Exp(random.NextDouble() * 4);
        return [.. Enumerable.Range(0, 12).Select(choice => new BudgetChoice(
            (weights / 8 * (choice % 4 + 1)) + weights / 128 * (choice / 4) + random.Next(64),
            scale * Math.Pow(0.26, choice % 4 + 1) * (1 - 0.1 * (choice / 4)) * (0.9 + 0.2 * random.NextDouble())))];
    }

    // A bound from below: the Lagrangian at one rate.
    private static double Relaxed(BudgetChoice[][] layers, long budget, double rate)
    {
        var perByte = rate / budget;
        return layers.Sum(layer => layer.Min(choice => choice.Cost + perByte * choice.Bytes)) - perByte * budget;
    }

    private static void AssertOptimal(BudgetChoice[][] layers, long budget, long[] tables)
    {
        var found = BudgetSolver.Solve(layers, budget, tables);
        var (feasible, cost, bytes) = Best(layers, budget, tables);
        Assert.Equal(feasible, found is not null);
        if (found is null)
        {
            return;
        }

        var sum = layers.Select((layer, index) => layer[found.Choices[index]].Cost).Sum();
        Assert.Equal(found.Bytes, Size(layers, [.. found.Choices], tables));
        Assert.Equal(0, found.Gap);
        Assert.True(found.Bytes <= budget);
        Assert.Equal(cost, sum, 1e-9);

        // Whole costs add up exactly, so that ties are ties for both.
        if (layers.All(layer => layer.All(choice => choice.Cost == Math.Round(choice.Cost))))
        {
            Assert.Equal(bytes, found.Bytes);
        }
    }

    private static long Size(BudgetChoice[][] layers, int[] choices, long[] tables)
    {
        var taken = layers.Select((layer, index) => layer[choices[index]]).ToArray();
        return taken.Sum(choice => choice.Bytes) + taken.Select(choice => choice.Table).Where(table => table >= 0).Distinct().Sum(table => tables[table]);
    }

    // Every combination.
    private static (bool Feasible, double Cost, long Bytes) Best(BudgetChoice[][] layers, long budget, long[] tables)
    {
        var best = (Feasible: false, Cost: 0.0, Bytes: 0L);
        var choices = new int[layers.Length];
        while (true)
        {
            var size = Size(layers, choices, tables);
            var cost = layers.Select((layer, index) => layer[choices[index]].Cost).Sum();
            if (size <= budget && (!best.Feasible || (cost, size).CompareTo((best.Cost, best.Bytes)) < 0))
            {
                best = (true, cost, size);
            }

            var position = 0;
            while (position < choices.Length && ++choices[position] == layers[position].Length)
            {
                choices[position++] = 0;
            }

            if (position == choices.Length)
            {
                return best;
            }
        }
    }
}
