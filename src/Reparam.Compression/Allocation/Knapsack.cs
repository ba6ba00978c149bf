namespace Reparam.Compression.Allocation;

/// <summary>
/// A multiple-choice knapsack, solved exactly (the minimal algorithm of Pisinger, European Journal of Operational Research 83, 1995). The linear relaxation
/// gives a rate λ of cost for bytes, a choice for every layer and a bound. Dynamic programming then frees one layer after the other, those that give way to λ
/// first. A partial solution falls when another has neither more bytes nor more cost, or when the rates of the layers that are still bound prove that it cannot
/// beat the best solution known. All numbers are integers, so every proof is exact. Where that would take millions of partial solutions (sizes that differ from
/// layer to layer at one and the same rate of cost), only solutions that are better by a tolerance are looked for from there on; it is part of the answer.
/// </summary>
internal sealed class Knapsack
{
    /// <summary>Maximum bytes of all layers together: products of bytes and costs stay inside 128 bits.</summary>
    public const long MaxBytes = 1L << 56;

    // Partial solutions at one stage, before and after so many in all that time runs short.
    private const int MostStates = 1 << 18;
    private const int FewStates = 1 << 14;
    private const int MostNodes = 1 << 22;

    private readonly Item[][] layers;
    private readonly long capacity;
    private readonly CancellationToken cancellation;

    private readonly List<Node> nodes = [];
    private int[] picked = [];
    private int[] bound = [];
    private int[] order = [];
    private long bestCost;
    private long bestBytes;
    private (int Node, int Stage)? best;

    /// <summary>Takes the choices that need no table other than those present.</summary>
    /// <param name="choices">Bytes and tables.</param>
    /// <param name="costs">Costs; not negative, their sum over layers below 2^53.</param>
    /// <param name="tables">Bits of the tables that are present.</param>
    /// <param name="capacity">Maximum bytes.</param>
    /// <param name="limit">A cost that is known to be reached: what costs more need not be found. Null for none.</param>
    /// <param name="cancellation">Ends the work.</param>
    public Knapsack(
        IReadOnlyList<IReadOnlyList<BudgetChoice>> choices, long[][] costs, int tables, long capacity, long? limit, CancellationToken cancellation)
    {
        layers = [.. choices.Select((layer, index) => Undominated(layer, costs[index], tables))];
        this.capacity = capacity;
        this.cancellation = cancellation;
        (bestCost, bestBytes) = (limit ?? long.MaxValue, long.MaxValue);
    }

    /// <summary>By how much a solution that was not looked for may be cheaper than the one found; 0 as a rule.</summary>
    public long Tolerance { get; private set; }

    /// <summary>Solves it; null if nothing fits, or nothing that fits reaches the limit.</summary>
    public (int[] Choices, long Cost, long Bytes)? Solve()
    {
        if (layers.Any(layer => layer.Length == 0) || layers.Sum(layer => layer[0].Bytes) > capacity)
        {
            return null;
        }

        Relax();
        Search();
        return best is { } solution ? (Choices(solution), bestCost, bestBytes) : null;
    }

    // In rising bytes and falling cost.
    private static Item[] Undominated(IReadOnlyList<BudgetChoice> choices, long[] costs, int tables)
    {
        var kept = new List<Item>();
        var present = Enumerable.Range(0, choices.Count).Where(index => choices[index].Table < 0 || (tables >> choices[index].Table & 1) != 0);
        foreach (var index in present.OrderBy(index => choices[index].Bytes).ThenBy(index => costs[index]).ThenBy(index => index))
        {
            if (kept.Count == 0 || costs[index] < kept[^1].Cost)
            {
                kept.Add(new Item(choices[index].Bytes, costs[index], index));
            }
        }

        return [.. kept];
    }

    /// <summary>
    /// Solves the linear relaxation: from the smallest choices upwards along the lower convex hulls, steepest step first, until the next step does not fit.
    /// What is reached is the choice that a layer is bound to; the steps that still fit behind the break make the first solution.
    /// </summary>
    private void Relax()
    {
        var steps = new List<Step>();
        for (var layer = 0; layer < layers.Length; layer++)
        {
            var hull = Hull(layers[layer]);
            steps.AddRange(hull.Zip(hull.Skip(1), (from, to) => new Step(
                layer, to, layers[layer][from].Cost - layers[layer][to].Cost, layers[layer][to].Bytes - layers[layer][from].Bytes)));
        }

        steps.Sort(Step.Steepest);
        picked = new int[layers.Length];
        var (bytes, cost) = (layers.Sum(layer => layer[0].Bytes), layers.Sum(layer => layer[0].Cost));
        var next = 0;
        for (; next < steps.Count && bytes + steps[next].Bytes <= capacity; next++)
        {
            picked[steps[next].Layer] = steps[next].Item;
            (bytes, cost) = (bytes + steps[next].Bytes, cost - steps[next].Cost);
        }

        bound = [.. picked];
        var stopped = new HashSet<int>();
        foreach (var step in steps[next..])
        {
            if (stopped.Contains(step.Layer) || bytes + step.Bytes > capacity)
            {
                stopped.Add(step.Layer);
                continue;
            }

            picked[step.Layer] = step.Item;
            (bytes, cost) = (bytes + step.Bytes, cost - step.Cost);
        }

        if (cost <= bestCost)
        {
            (bestCost, bestBytes, best) = (cost, bytes, (-1, 0));
        }

        // The layer at the break comes first: with it the others can go both ways.
        var (atBreak, rate) = next < steps.Count ? (steps[next].Layer, (double)steps[next].Cost / steps[next].Bytes) : (-1, 0);
        order = [.. Enumerable.Range(0, layers.Length)
            .Where(layer => layers[layer].Length > 1)
            .OrderBy(layer => layer == atBreak ? -1 : Distance(layer, rate))
            .ThenBy(layer => layer)];
    }

    private static List<int> Hull(Item[] items)
    {
        var hull = new List<int>();
        for (var index = 0; index < items.Length; index++)
        {
            while (hull.Count > 1 && Bends(items[hull[^2]], items[hull[^1]], items[index]))
            {
                hull.RemoveAt(hull.Count - 1);
            }

            hull.Add(index);
        }

        return hull;
    }

    // The way from a to c is at least as steep as that from a to b: b lies on or above the line.
    private static bool Bends(Item a, Item b, Item c) => (Int128)(a.Cost - c.Cost) * (b.Bytes - a.Bytes) >= (Int128)(a.Cost - b.Cost) * (c.Bytes - a.Bytes);

    // How far the layer's nearest rate is from λ. It only decides in which order layers are freed.
    private double Distance(int layer, double rate)
    {
        var items = layers[layer];
        var from = items[bound[layer]];
        return items.Where(item => item != from).Min(item => Math.Abs(((double)(from.Cost - item.Cost) / (item.Bytes - from.Bytes)) - rate));
    }

    private void Search()
    {
        var rates = Rates();
        var (restBytes, restCost) = (0L, 0L);
        foreach (var layer in order)
        {
            restBytes += layers[layer][bound[layer]].Bytes;
            restCost += layers[layer][bound[layer]].Cost;
        }

        var settled = Enumerable.Range(0, layers.Length).Where(layer => layers[layer].Length == 1).ToArray();
        List<State> states = [new State(settled.Sum(layer => layers[layer][0].Bytes), settled.Sum(layer => layers[layer][0].Cost), -1)];
        for (var stage = 0; stage < order.Length; stage++)
        {
            var items = layers[order[stage]];
            restBytes -= items[bound[order[stage]]].Bytes;
            restCost -= items[bound[order[stage]]].Cost;
            states = Free(states, stage, items, restBytes, restCost, rates[stage + 1]);
        }
    }

    /// <summary>Frees one more layer: every state with every choice, without what is dominated or cannot win.</summary>
    private List<State> Free(List<State> states, int stage, Item[] items, long restBytes, long restCost, (Ratio Saving, Ratio Gain) rates)
    {
        // Each choice gives a list in rising bytes; the lists are merged.
        var next = new List<State>();
        var heads = new int[items.Length];
        var lowest = long.MaxValue;
        for (var count = 0L; ; count++)
        {
            if ((count & 0xFFF) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            var taken = -1;
            State state = default;
            for (var index = 0; index < items.Length; index++)
            {
                if (heads[index] == states.Count)
                {
                    continue;
                }

                var from = states[heads[index]];
                var (bytes, cost) = (from.Bytes + items[index].Bytes, from.Cost + items[index].Cost);
                if (taken < 0 || bytes < state.Bytes || (bytes == state.Bytes && cost < state.Cost))
                {
                    (taken, state) = (index, new State(bytes, cost, from.Node));
                }
            }

            if (taken < 0)
            {
                Thin(next, restBytes, restCost, rates);
                return next;
            }

            heads[taken]++;
            if (state.Cost >= lowest || CannotWin(state, restBytes, restCost, rates))
            {
                continue;
            }

            lowest = state.Cost;
            nodes.Add(new Node(state.Node, taken));
            next.Add(state with { Node = nodes.Count - 1 });
            var (wholeBytes, wholeCost) = (state.Bytes + restBytes, state.Cost + restCost);
            if (wholeBytes <= capacity && (wholeCost < bestCost || (wholeCost == bestCost && wholeBytes < bestBytes)))
            {
                (bestCost, bestBytes, best) = (wholeCost, wholeBytes, (nodes.Count - 1, stage + 1));
            }
        }
    }

    // At the end of a stage, when all that it can give to the best solution is known.
    private void Thin(List<State> states, long restBytes, long restCost, (Ratio Saving, Ratio Gain) rates)
    {
        var most = nodes.Count < MostNodes ? MostStates : FewStates;
        while (states.Count > most)
        {
            Tolerance = Math.Max(1, Tolerance * 2);
            states.RemoveAll(state => CannotWin(state, restBytes, restCost, rates));
        }
    }

    /// <summary>
    /// Whether the layers that are still bound cannot make a state as good as the best solution: what it has too much must be saved at the least rate or more,
    /// what is left over gains at the largest rate or less.
    /// </summary>
    private bool CannotWin(State state, long restBytes, long restCost, (Ratio Saving, Ratio Gain) rates)
    {
        var excess = state.Bytes + restBytes - capacity;
        var lead = (Int128)bestCost - Tolerance - state.Cost - restCost;
        return excess > 0
            ? rates.Saving.Denominator == 0 || (Int128)rates.Saving.Numerator * excess > lead * rates.Saving.Denominator
            : lead < 0 && (Int128)rates.Gain.Numerator * -excess < -lead * rates.Gain.Denominator;
    }

    // Of the layers bound from each stage on: lowest cost of a byte saved (a denominator of 0 where none can be), largest gain of a byte more.
    private (Ratio Saving, Ratio Gain)[] Rates()
    {
        var rates = new (Ratio Saving, Ratio Gain)[order.Length + 1];
        rates[^1] = (new Ratio(1, 0), new Ratio(0, 1));
        for (var stage = order.Length - 1; stage >= 0; stage--)
        {
            var (saving, gain) = rates[stage + 1];
            var items = layers[order[stage]];
            var from = items[bound[order[stage]]];
            foreach (var item in items)
            {
                var rate = new Ratio(Math.Abs(item.Cost - from.Cost), Math.Abs(item.Bytes - from.Bytes));
                saving = item.Bytes < from.Bytes && Ratio.Order.Compare(rate, saving) < 0 ? rate : saving;
                gain = item.Bytes > from.Bytes && Ratio.Order.Compare(rate, gain) > 0 ? rate : gain;
            }

            rates[stage] = (saving, gain);
        }

        return rates;
    }

    private int[] Choices((int Node, int Stage) solution)
    {
        var chosen = solution.Stage == 0 ? picked : [.. bound];
        var node = solution.Node;
        for (var stage = solution.Stage - 1; stage >= 0; stage--)
        {
            chosen[order[stage]] = nodes[node].Item;
            node = nodes[node].Parent;
        }

        return [.. chosen.Select((item, layer) => layers[layer][item].Choice)];
    }

    private readonly record struct Item(long Bytes, long Cost, int Choice);

    private readonly record struct State(long Bytes, long Cost, int Node);

    private readonly record struct Node(int Parent, int Item);

    /// <summary>A step of a layer's hull to its choice <paramref name="Item"/>.</summary>
    private readonly record struct Step(int Layer, int Item, long Cost, long Bytes)
    {
        public static int Steepest(Step a, Step b)
        {
            var steeper = ((Int128)b.Cost * a.Bytes).CompareTo((Int128)a.Cost * b.Bytes);
            return steeper != 0 ? steeper : (a.Layer, a.Item).CompareTo((b.Layer, b.Item));
        }
    }

    /// <summary>A fraction that is not negative; 1/0 is above all others.</summary>
    private readonly record struct Ratio(long Numerator, long Denominator)
    {
        public static Comparer<Ratio> Order { get; } = Comparer<Ratio>.Create(
            (a, b) => ((Int128)a.Numerator * b.Denominator).CompareTo((Int128)b.Numerator * a.Denominator));
    }
}
