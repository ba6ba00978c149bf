using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Runtime.Tests.Loading;
using StoredType = Reparam.Checkpoints.DType;

namespace Reparam.Runtime.Tests.Packed.Uniform;

/// <summary>Rounded inputs before weights that are not coded, and where a coded weight that asks for them has no place.</summary>
public class DenseInputTests
{
    private const int Inputs = 24;
    private const int Outputs = 10;

    [Theory]
    [InlineData(1)]
    [InlineData(Inputs)]
    public void An_export_rounds_as_the_packed_file_does(int channels)
    {
        var grid = UniformMatrices.Inputs(8, channels);
        var matrix = UniformMatrices.Random(Outputs, Inputs, 8, 0, symmetric: false, grid);
        using var dense = Dense(("fc.weight", [Outputs, Inputs], matrix.Decode()), State("fc", grid));
        using var packed = Packed("fc.weight", [Outputs, Inputs], matrix);
        var x = CodedMatrices.Gaussian(3 * Inputs);
        var expected = Products(matrix.Decode(), UniformMatrices.Rounded(grid, x, Inputs), Inputs);
        foreach (var file in new[] { dense, packed })
        {
            var model = new Linears();
            CheckpointLoader.Load(model, file.Path);
            AssertNear(expected, model.Call(Torch.Tensor(x, [3L, Inputs])).ToArray<float>());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_convolution_in_groups_rounds_its_channels(int channels)
    {
        var grid = UniformMatrices.Inputs(8, channels);
        var weights = CodedMatrices.Gaussian(6 * 2 * 3 * 3);
        using var file = Dense(("conv.weight", [6, 2, 3, 3], weights), State("conv", grid));
        var model = new Convolutions();
        CheckpointLoader.Load(model, file.Path);

        // The same with inputs that are rounded beforehand: planes 0 and 2 are the first channels of their groups.
        using var plain = Dense(("conv.weight", [6, 2, 3, 3], weights));
        var reference = new Convolutions();
        CheckpointLoader.Load(reference, plain.Path);
        var x = CodedMatrices.Gaussian(4 * 25);
        var rounded = UniformMatrices.Rounded(grid, x, 2 * 25);
        AssertNear(
            [.. reference.Call(Torch.Tensor(rounded, [1L, 4, 5, 5])).ToArray<float>().Select(value => (double)value)],
            model.Call(Torch.Tensor(x, [1L, 4, 5, 5])).ToArray<float>());
    }

    [Fact]
    public void State_that_nothing_takes_is_refused()
    {
        var grid = UniformMatrices.Inputs(8, 1);
        var weights = CodedMatrices.Gaussian(Outputs * Inputs);
        (string Name, long[] Shape, float[] Values) weight = ("fc.weight", [Outputs, Inputs], weights);
        var state = State("fc", grid);

        using var half = Dense(weight, state[0]);
        Assert.Contains("unexpected 'fc.reparam.uniform.input_scale' [1], state that a layer trains with: export the model", Refused(half));
        using var other = Dense(weight, ("fc.reparam.levels.low", [1], [1]));
        Assert.Contains("unexpected 'fc.reparam.levels.low'", Refused(other));
        using var three = Dense(weight, State("fc", UniformMatrices.Inputs(8, 3)));
        Assert.Contains("'fc.weight': the layer's inputs cannot be mapped: its inputs have 3 grids, expected 1 or one for each of the 24", Refused(three));
        using var odd = Dense(weight, state[0], ("fc.reparam.uniform.input_zero", [1], [256]));
        Assert.Contains("'reparam.uniform.input_zero' has 256, expected whole numbers from 0 to 255", Refused(odd));

        // Beside a coded weight it would be a second grid.
        using var both = Packed("fc.weight", [Outputs, Inputs], UniformMatrices.Random(Outputs, Inputs, 8, 0, false), state);
        Assert.Contains("unexpected 'fc.reparam.uniform.input_scale'", Refused(both));
    }

    [Fact]
    public void A_weight_that_is_no_layers_and_is_to_round_inputs_is_refused()
    {
        var matrix = UniformMatrices.Random(Outputs, Inputs, 8, 0, false, UniformMatrices.Inputs(8, 1));
        using var file = Packed("gain", [Outputs, Inputs], matrix);
        var error = Assert.Throws<CheckpointException>(() => CheckpointLoader.Load(new Bare(), file.Path));
        Assert.Equal((CheckpointRule.Model, "gain"), (error.Rule, error.Tensor));
        Assert.Contains("this part of the model would not round them", error.Message);

        using var plain = Packed("gain", [Outputs, Inputs], UniformMatrices.Random(Outputs, Inputs, 8, 0, false));
        CheckpointLoader.Load(new Bare(), plain.Path);
    }

    private static string Refused(TemporaryFile file) => Assert.Throws<CheckpointException>(() => CheckpointLoader.Load(new Linears(), file.Path)).Message;

    private static (string Name, long[] Shape, float[] Values)[] State(string layer, UniformInputs grid) =>
        [.. UniformInputState.Of(grid)!.Select(state => ($"{layer}.{state.Key}", new long[] { grid.Channels }, state.Value.ToArray()))];

    private static TemporaryFile Dense((string Name, long[] Shape, float[] Values) weight, params (string Name, long[] Shape, float[] Values)[] others)
    {
        var file = new TemporaryFile();
        var writer = new SafetensorsWriter();
        foreach (var (name, shape, values) in others.Prepend(weight))
        {
            writer.Add<float>(name, shape, values);
        }

        writer.Write(file.Path);
        return file;
    }

    private static TemporaryFile Packed(string weight, long[] shape, UniformMatrix matrix, params (string Name, long[] Shape, float[] Values)[] others)
    {
        var file = new TemporaryFile();
        using var source = Dense(others.Length > 0 ? others[0] : ("bias", [1], [0]), others.Skip(1).ToArray());
        using var checkpoint = Checkpoint.Open(source.Path);
        using var writer = new PackedFileWriter();
        writer.AddLayer(weight, "uniform", shape, StoredType.F32, matrix);
        if (others.Length > 0)
        {
            writer.CopyRest(checkpoint);
        }

        writer.Write(file.Path);
        return file;
    }

    private static double[] Products(float[] weights, float[] x, int columns) =>
    [
        .. x.Chunk(columns).SelectMany(input => weights.Chunk(columns).Select(row => row.Zip(input).Sum(pair => (double)pair.First * pair.Second))),
    ];

    private static void AssertNear(double[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        var error = Math.Sqrt(expected.Zip(found).Sum(pair => Math.Pow(pair.First - pair.Second, 2)) / expected.Sum(value => value * value));
        Assert.InRange(error, 0, 1e-4);
    }

    private sealed class Linears : Module<Tensor, Tensor>
    {
        private readonly Linear fc = Nn.Linear(Inputs, Outputs, hasBias: false);

        public Linears()
            : base(nameof(Linears))
        {
        }

        public override Tensor Forward(Tensor input) => fc.Call(input);

        protected override void VisitComponents(ComponentVisitor visitor) => visitor.Module("fc", fc);
    }

    private sealed class Convolutions : Module<Tensor, Tensor>
    {
        private readonly Conv2d conv = Nn.Conv2d(4, 6, 3, padding: 1, groups: 2, bias: false);

        public Convolutions()
            : base(nameof(Convolutions))
        {
        }

        public override Tensor Forward(Tensor input) => conv.Call(input);

        protected override void VisitComponents(ComponentVisitor visitor) => visitor.Module("conv", conv);
    }

    private sealed class Bare() : Module(nameof(Bare))
    {
        private readonly Parameter gain = Nn.Parameter(Torch.Ones(Outputs, Inputs));

        protected override void VisitComponents(ComponentVisitor visitor) => visitor.Parameter("gain", gain);
    }
}
