using System.Collections.Immutable;
using Reparam.Build.Text;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using Reparam.Compression.Allocation;
using Reparam.Compression.Calibration;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Methods;
using Reparam.Compression.Plans;
using Reparam.Compression.ShiftAdd;
using Reparam.Compression.Tests.Calibration;
using Layout = Reparam.ShiftAddLayout;

namespace Reparam.Compression.Tests.Allocation;

/// <summary>Plans of small checkpoints against what the codings measure, coded one by one.</summary>
public sealed class BitAllocator_Tests : IDisposable
{
    private static readonly MethodOptions Options = new ShiftAddAttribute(3) { Layout = Layout.Row, GroupSize = 32 };

    private readonly TemporaryFolder folder = new();
    private readonly ICheckpoint checkpoint;
    private readonly ImmutableArray<LayerPlan> layers;

    public BitAllocator_Tests()
    {
        var random = new Random(5);
        var writer = new SafetensorsWriter();
        foreach (var (name, rows, columns) in ((string, int, int)[])[("a.weight", 24, 64), ("b.weight", 16, 96), ("c.weight", 40, 61), ("d.weight", 8, 64)])
        {
            // Some layers have a few large weights: two bits hurt them most.
            var power = name is "b.weight" or "d.weight" ? 3 : 1;
            writer.Add<float>(name, [rows, columns], Enumerable.Range(0, rows * columns).Select(_ => (float)Math.Pow(random.NextDouble() * 2 - 1, power)).ToArray());
        }

        writer.Write(folder.File("m.safetensors"));
        checkpoint = Checkpoint.Open(folder.File("m.safetensors"));
        layers = [.. checkpoint.Names.Order(StringComparer.Ordinal).Select(name => new LayerPlan(name, Options))];
    }

    public void Dispose()
    {
        checkpoint.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(3.2)]
    [InlineData(3.9)]
    [InlineData(4.7)]
    [InlineData(9)]
    public void A_plan_is_the_best_of_all_combinations_of_widths(double bits)
    {
        var allocated = Allocate(new AllocationBudget { TargetBits = bits });
        Assert.Equal(BestOfAll([2, 3, 4], Budget(bits)), Cost(allocated.Layers), 1e-9);
        Assert.Equal(allocated.Layers.Sum(Bytes), allocated.Plan.Bytes);
        Assert.InRange(allocated.Plan.Bytes, 0, Budget(bits));
        Assert.Equal("output", allocated.Plan.Cost);
        Assert.Contains(allocated.Notes, note => note.Contains("without calibration"));
        Assert.All(allocated.Plan.Layers, layer => Assert.Equal(("row", "32", false), (Option(layer, "layout"), Option(layer, "groupSize"), layer.Fixed)));
        Assert.Equal(8.0 * allocated.Plan.Bytes / Weights, allocated.Plan.BitsPerWeight, 1e-6);
    }

    [Fact]
    public void One_bit_is_tried_where_two_are_too_many_and_less_is_an_error()
    {
        var allocated = Allocate(new AllocationBudget { TargetBits = 2.2 });
        Assert.Contains(allocated.Plan.Layers, layer => Option(layer, "bits") == "1");
        Assert.Equal(BestOfAll([1, 2, 3, 4], Budget(2.2)), Cost(allocated.Layers), 1e-9);

        var smallest = layers.Sum(layer => Bytes(At(layer, 1)));
        Assert.Equal(smallest, Allocate(new AllocationBudget { TargetBytes = smallest }).Plan.Bytes);
        var problem = Assert.Single(Refused(new AllocationBudget { TargetBytes = smallest - 1 }));
        Assert.Equal("RPB0130", problem.Diagnostic.Id);
        Assert.Contains($"the budget is {smallest - 1:N0} bytes; the smallest codings take {smallest} bytes", problem.Text);
    }

    [Fact]
    public void Each_layer_gets_its_smallest_coding_below_an_error()
    {
        var limit = RelativeError(At(layers[0], 3)) + 1e-9;
        var allocated = Allocate(new AllocationBudget { MaxOutputError = limit });
        Assert.All(allocated.Layers, layer =>
        {
            Assert.True(RelativeError(layer) <= limit);
            Assert.True(Bits(layer) == 1 || RelativeError(At(layer, Bits(layer) - 1)) > limit);
        });
        Assert.Equal(3, Bits(allocated.Layers[0]));
        Assert.Equal(RelativeError(layers[0]), allocated.Plan.Layers[0].Cost, 1e-6);

        var worst = layers.Max(layer => RelativeError(At(layer, 4)));
        var problem = Assert.Single(Refused(new AllocationBudget { MaxOutputError = worst * 0.9999 }));
        Assert.Equal("RPB0131", problem.Diagnostic.Id);
        Assert.Contains("at 4 bits has a relative error of", problem.Text);
    }

    [Fact]
    public void A_fixed_layer_stays_and_its_bytes_count()
    {
        ImmutableArray<LayerPlan> withFixed = [layers[0] with { Fixed = true, Options = Options.With("bits", 4).With("groupSize", 16) }, .. layers[1..]];
        var allocated = Allocate(new AllocationBudget { TargetBits = 5 }, withFixed);
        Assert.Equal(withFixed[0], allocated.Layers[0]);
        Assert.True(allocated.Plan.Layers[0].Fixed);
        Assert.Equal(allocated.Layers.Sum(Bytes), allocated.Plan.Bytes);
        Assert.InRange(allocated.Plan.Bytes, 0, Budget(5));
    }

    [Fact]
    public void Divergence_decides_where_it_is_known_for_every_layer()
    {
        // Only the last layer matters to this model, and one bit fewer of it is not measured.
        var costs = layers.ToDictionary(layer => layer.Tensor, layer => (IReadOnlyList<Sensitivity>)
            [Cost("row", 2, 32, layer.Tensor[0] == 'd' ? 9 : 0.2), Cost("row", 3, 32, 0.1), Cost("row", 3, 64, -7), Cost("nested", 4, 32, -7)]);
        var known = Sensitivities.Parse(Sensitivities.Format(costs), "c.safetensors");
        var allocated = Allocate(new AllocationBudget { TargetBits = 3.3 }, known: known);
        Assert.Equal("divergence", allocated.Plan.Cost);
        Assert.Equal(3, Bits(allocated.Layers[^1]));
        Assert.DoesNotContain(allocated.Layers, layer => Bits(layer) == 4);
        Assert.Empty(allocated.Notes);

        costs.Remove("b.weight");
        known = Sensitivities.Parse(Sensitivities.Format(costs), "c.safetensors");
        Assert.Equal("output", Allocate(new AllocationBudget { TargetBits = 3.3 }, known: known).Plan.Cost);
        var problem = Assert.Single(Refused(new AllocationBudget { TargetBits = 3.3 }, known, AllocationCost.Divergence));
        Assert.Equal("the cost is divergence, and the calibration has none for 'b.weight' in any coding of shiftadd that a budget may choose", problem.Text);
    }

    [Fact]
    public void A_plan_that_measures_worse_than_one_width_for_all_is_dropped()
    {
        // By divergence two bits are best for whatever output errors would give more.
        var costs = layers.ToDictionary(layer => layer.Tensor, layer => (IReadOnlyList<Sensitivity>)[Cost("row", 2, 32, 0), Cost("row", 3, 32, 1), Cost("row", 4, 32, 2)]);
        var known = Sensitivities.Parse(Sensitivities.Format(costs), "c.safetensors");
        var allocated = Allocate(new AllocationBudget { TargetBits = 4 }, known: known, cost: AllocationCost.Output);
        Assert.True(allocated.Plan.Uniform);
        Assert.All(allocated.Layers, layer => Assert.Equal(2, Bits(layer)));
        Assert.Contains(allocated.Notes, note => note.Contains("dropped for 2 bits in every layer: by divergence it measures"));
    }

    [Fact]
    public void Output_errors_count_as_they_are_where_every_layer_is_calibrated()
    {
        using var calibration = WriteInputs("a", "b", "c", "d");
        var settings = new CompressionSettings { Threads = 1, Calibration = calibration };
        var allocated = BitAllocator.Allocate(checkpoint, layers, settings, new AllocationSettings { Budget = new() { TargetBits = 3.6 } });
        Assert.All(allocated.Plan.Layers.Zip(allocated.Layers), pair => Assert.Equal(Code(pair.Second, settings).SquaredOutputError!.Value, pair.First.Cost, 1e-4 * pair.First.Cost));
        Assert.Contains(allocated.Notes, note => note.StartsWith("the cost is the layers' own output error", StringComparison.Ordinal));
    }

    [Fact]
    public void The_papers_criterion_weighs_each_layer_by_what_its_inputs_make_of_its_error()
    {
        using var calibration = WriteInputs("a", "b", "c", "d");
        var settings = new CompressionSettings { Threads = 1, Calibration = calibration };
        var allocated = BitAllocator.Allocate(checkpoint, layers, settings, new() { Budget = new() { TargetBits = 3.9 }, Cost = AllocationCost.Criterion });
        foreach (var (layer, planned) in allocated.Layers.Zip(allocated.Plan.Layers))
        {
            var coded = Code(layer, settings);
            Assert.Equal(Criterion(layer, calibration) * coded.SquaredError / coded.SquaredNorm, planned.Cost, 1e-4 * planned.Cost);
        }

        // Without calibration d = 1.
        var plain = Allocate(new() { TargetBits = 3.9 }, cost: AllocationCost.Criterion);
        Assert.All(plain.Layers.Zip(plain.Plan.Layers), pair => Assert.Equal(Criterion(pair.First, null) * Math.Pow(RelativeError(pair.First), 2), pair.Second.Cost, 1e-4 * pair.Second.Cost));
    }

    [Fact]
    public void Layers_of_any_layout_get_the_best_mix_of_layouts_and_widths()
    {
        ImmutableArray<LayerPlan> free = [.. layers.Select(layer => layer with { Options = Options.With("layout", Layout.Auto) })];
        var mixed = Allocate(new() { TargetBits = 3.9 }, free);
        Assert.InRange(mixed.Plan.Bytes, 0, Budget(3.9));
        Assert.DoesNotContain(mixed.Plan.Layers, layer => Option(layer, "layout") is "auto" or "codebook");
        foreach (var layout in (Layout[])[Layout.Row, Layout.Column, Layout.Block8, Layout.Nested])
        {
            var one = Allocate(new() { TargetBits = 3.9 }, [.. layers.Select(layer => layer with { Options = Options.With("layout", layout) })]);
            Assert.True(mixed.Plan.Layers.Sum(layer => layer.Cost) <= one.Plan.Layers.Sum(layer => layer.Cost) * (1 + 1e-5));
        }

        var limit = mixed.Plan.Layers.Length * 0.05;
        var smallest = Allocate(new() { MaxOutputError = limit }, free);
        Assert.All(smallest.Plan.Layers, layer => Assert.InRange(layer.Cost, 0, limit));
    }

    [Fact]
    public void Codings_of_the_plan_are_kept_and_are_those_that_coding_gives()
    {
        var allocated = Allocate(new AllocationBudget { TargetBits = 3.9 });
        foreach (var layer in allocated.Layers)
        {
            Assert.Equal(Code(layer).Matrix.Decode(), allocated.Settings.Coded!.Take(layer)!.Matrix.Decode());
            Assert.Null(allocated.Settings.Coded!.Take(layer));
        }

        var full = new CodedLayerCache(capacity: 10);
        full.Add("a.weight", Options, Code(layers[0]));
        Assert.Null(full.Take(layers[0]));
    }

    [Fact]
    public void The_plan_does_not_depend_on_threads_and_goes_through_a_file()
    {
        var budget = new AllocationBudget { TargetBytes = Budget(3.4) };
        var first = Allocate(budget, threads: 1).Plan;
        first.Write(folder.File("one.json"));
        Allocate(budget, threads: 3).Plan.Write(folder.File("three.json"));
        Assert.Equal(File.ReadAllText(folder.File("one.json")), File.ReadAllText(folder.File("three.json")));

        var read = BitPlan.Read(folder.File("one.json"));
        Assert.Equal(first.Layers.AsEnumerable(), read.Layers);
        Assert.Equal(first with { Layers = read.Layers }, read);
        Assert.Equal(Allocate(budget).Layers.AsEnumerable(), read.Apply(layers, "one.json"));
    }

    [Theory]
    [InlineData("{", "the bit plan cannot be used: ")]
    [InlineData("""{ "version": 3, "budget": {}, "cost": "output", "bytes": 1, "bitsPerWeight": 1, "layers": [] }""", "version is 3, and this tool reads versions 1 and 2")]
    [InlineData("""{ "version": 1, "budget": {}, "cost": "output", "bytes": 1, "bitsPerWeight": 1, "layers": [] }""", "it lacks 'a.weight', which is to be coded")]
    [InlineData("""{ "version": 1, "budget": {}, "cost": "output", "bytes": 1, "bitsPerWeight": 1, "layers": [{ "tensor": "x", "layout": "row", "bits": 3, "groupSize": 8, "fixed": false, "bytes": 1, "cost": 1 }] }""", "'x' is in it and not to be coded")]
    [InlineData("""{ "version": 1, "budget": {}, "cost": "output", "bytes": 1, "bitsPerWeight": 1, "layers": [{ "tensor": "a.weight", "layout": "row", "bits": 5, "groupSize": 8, "fixed": false, "bytes": 1, "cost": 1 }] }""", "'a.weight': bits is 5; shiftadd takes 1 to 4")]
    [InlineData("""{ "version": 1, "budget": {}, "cost": "output", "bytes": 1, "bitsPerWeight": 1, "layers": [{ "tensor": "a.weight" }] }""", "the bit plan cannot be used: ")]
    public void A_saved_plan_that_does_not_fit_is_refused(string text, string expected)
    {
        File.WriteAllText(folder.File("p.json"), text);
        ImmutableArray<LayerPlan> taken = expected.StartsWith("'a.", StringComparison.Ordinal) ? [layers[0]] : layers;
        var exception = Assert.Throws<CompressionException>(() => BitPlan.Read(folder.File("p.json")).Apply(taken, folder.File("p.json")));
        Assert.All(exception.Problems, problem => Assert.Equal("RPB0133", problem.Diagnostic.Id));
        Assert.Contains(exception.Problems, problem => problem.Text.Contains(expected));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{ "a": [ { "layout": "spiral", "bits": 3, "groupSize": 8, "cost": 1 } ] }""")]
    [InlineData("""{ "a": [ { "layout": "row", "bits": 0, "groupSize": 8, "cost": 1 } ] }""")]
    [InlineData("""{ "a": [ { "layout": "row", "bits": 3, "groupSize": 8 } ] }""")]
    public void Sensitivities_of_another_form_are_refused(string json)
    {
        var exception = Assert.Throws<CheckpointException>(() => Sensitivities.Parse(json, "c.safetensors"));
        Assert.StartsWith("'reparam.sensitivity' is not a JSON object of costs: ", exception.Detail);
    }

    [Theory]
    [InlineData("12MB", 12_000_000)]
    [InlineData("800KiB", 819_200)]
    [InlineData(" 1.5 gib ", 1_610_612_736)]
    [InlineData("123456", 123_456)]
    [InlineData("7B", 7)]
    public void Sizes_are_read_as_people_write_them(string text, long bytes) => Assert.Equal(bytes, ByteSize.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("MB")]
    [InlineData("-1KB")]
    [InlineData("1,5MB")]
    [InlineData("0.5")]
    [InlineData("99999999999GB")]
    [InlineData("3 apples")]
    public void What_is_no_size_is_refused(string text) => Assert.Contains($"'{text}' is no size", Assert.Throws<ArgumentException>(() => ByteSize.Parse(text)).Message);

    [Fact]
    public void Cancelled_it_stops() => Assert.Throws<OperationCanceledException>(() => BitAllocator.Allocate(
        checkpoint, layers, new(), new() { Budget = new() { TargetBits = 3 } }, cancellation: new CancellationToken(canceled: true)));

    private long Weights => layers.Sum(layer => checkpoint.Info(layer.Tensor).ElementCount);

    private long Budget(double bits) => (long)(bits * Weights / 8);

    private static LayerPlan At(LayerPlan layer, int bits) => layer with { Options = layer.Options.With("bits", bits) };

    private static int Bits(LayerPlan layer) => layer.Options.As<ShiftAddAttribute>().Bits;

    private static string Option(BitPlanLayer layer, string name) => layer.Options![name].ToString();

    private static Sensitivity Cost(string layout, int bits, int groupSize, double cost) =>
        new(new ShiftAddAttribute(bits) { Layout = Enum.Parse<Layout>(layout, ignoreCase: true), GroupSize = groupSize }, cost);

    private BitAllocation Allocate(
        AllocationBudget budget, ImmutableArray<LayerPlan>? plan = null, int threads = 1, Sensitivities? known = null, AllocationCost? cost = null) =>
        BitAllocator.Allocate(
            checkpoint, plan ?? layers, new() { Threads = threads }, new() { Budget = budget, Sensitivities = known, Cost = cost });

    private ImmutableArray<CompressionProblem> Refused(AllocationBudget budget, Sensitivities? known = null, AllocationCost? cost = null) =>
        Assert.Throws<CompressionException>(() => Allocate(budget, known: known, cost: cost)).Problems;

    private CodedLayer Code(LayerPlan layer, CompressionSettings? settings = null)
    {
        var info = checkpoint.Info(layer.Tensor);
        var (rows, columns) = ((int)info.Shape[0], (int)info.Shape[1]);
        return ShiftAddCoder.Encode(
            checkpoint.ReadSingles(layer.Tensor), rows, columns, layer.Options.As<ShiftAddAttribute>(), settings?.Calibration?.Find(layer.Tensor, rows, columns), layer.Tensor, 1);
    }

    private long Bytes(LayerPlan layer) => Code(layer).Matrix.StoredBytes;

    private double RelativeError(LayerPlan layer)
    {
        var coded = Code(layer);
        return Math.Sqrt(coded.SquaredError / coded.SquaredNorm);
    }

    private double Cost(IEnumerable<LayerPlan> plan) => plan.Sum(layer => Math.Pow(RelativeError(layer), 2) * checkpoint.Info(layer.Tensor).ElementCount);

    private double BestOfAll(int[] widths, long budget)
    {
        var measured = layers.Select(layer => widths.Select(bits => (Bytes: Bytes(At(layer, bits)), Cost: Cost([At(layer, bits)]))).ToArray()).ToArray();
        var best = double.PositiveInfinity;
        for (var code = 0; code < Math.Pow(widths.Length, layers.Length); code++)
        {
            var chosen = measured.Select((choices, layer) => choices[code / (int)Math.Pow(widths.Length, layer) % widths.Length]).ToArray();
            best = chosen.Sum(choice => choice.Bytes) <= budget ? Math.Min(best, chosen.Sum(choice => choice.Cost)) : best;
        }

        return best;
    }

    // ‖W/d‖·σ(W/d)² with the inverse written out: 1/U_jj² is what is left of H_jj once the later columns have explained what they can.
    private double Criterion(LayerPlan layer, ICalibration? calibration)
    {
        var info = checkpoint.Info(layer.Tensor);
        var (rows, columns) = ((int)info.Shape[0], (int)info.Shape[1]);
        var weights = checkpoint.ReadSingles(layer.Tensor);
        var scale = Enumerable.Repeat(1.0, columns).ToArray();
        if (calibration?.Find(layer.Tensor, rows, columns) is { } known)
        {
            var h = known.Gram.Values.ToArray().Select(value => (double)value).ToArray();
            var mean = Enumerable.Range(0, columns).Average(k => h[k * columns + k]);
            for (var k = 0; k < columns; k++)
            {
                h[k * columns + k] += 0.01 * mean;
            }

            for (var k = columns - 1; k >= 0; k--)
            {
                scale[k] = Math.Sqrt(h[k * columns + k]);
                for (var i = 0; i < k; i++)
                {
                    for (var j = 0; j < k; j++)
                    {
                        h[i * columns + j] -= h[i * columns + k] * h[k * columns + j] / h[k * columns + k];
                    }
                }
            }
        }

        var scaled = weights.Select((weight, index) => weight * scale[index % columns]).ToArray();
        var center = scaled.Average();
        return Math.Sqrt(scaled.Sum(value => value * value)) * scaled.Average(value => (value - center) * (value - center));
    }

    private CalibrationFile WriteInputs(params string[] names)
    {
        var random = new Random(9);
        var writer = new SafetensorsWriter();
        foreach (var name in names)
        {
            var columns = (int)checkpoint.Info(name + ".weight").Shape[1];
            writer.Add<float>(name + ".inputs", [60, columns], Enumerable.Range(0, 60 * columns).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray());
        }

        writer.Write(folder.File("c.safetensors"));
        return CalibrationFile.Open(folder.File("c.safetensors"), 1);
    }
}
