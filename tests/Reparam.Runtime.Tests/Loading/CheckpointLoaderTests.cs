using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using Reparam.Runtime;
using StoredType = Reparam.Checkpoints.DType;

namespace Reparam.Runtime.Tests.Loading;

public class CheckpointLoaderTests
{
    [Theory]
    [InlineData(StoredType.F32)]
    [InlineData(StoredType.F16)]
    [InlineData(StoredType.BF16)]
    public void A_plain_checkpoint_fills_every_weight(StoredType type)
    {
        using var file = new TemporaryFile();
        var writer = new SafetensorsWriter();
        float[] weight = [1, -2, 0.5f, 4, 8, -0.25f];
        writer.Add("fc.weight", [2, 3], weight, type);
        writer.Add("fc.bias", [2], [1, 2], type);
        writer.Add("gain", [2], [2, -2], type);
        writer.Add<float>("table", [1, 2], new float[] { 10, 20 });
        writer.Write(file.Path);

        var model = new Model(3, 2);
        CheckpointLoader.Load(model, file.Path);

        Assert.Equal(weight, model.Fc.Weight.ToArray<float>());
        Assert.Equal([(1 - 2 + 0.5f + 1) * 2 + 10, (4 + 8 - 0.25f + 2) * -2 + 20], model.Call(Torch.Ones(1, 3)).ToArray<float>());
    }

    [Fact]
    public void Everything_that_is_wrong_is_in_one_exception()
    {
        using var file = new TemporaryFile();
        var writer = new SafetensorsWriter();
        writer.Add<float>("fc.weight", [3, 2], new float[6]);
        writer.Add<float>("gain", [2], new float[2]);
        writer.Add<float>("old.weight", [7], new float[7]);
        writer.Add("table", StoredType.C64, [1, 2], new byte[16]);
        writer.Write(file.Path);

        var error = Assert.Throws<CheckpointException>(() => CheckpointLoader.Load(new Model(3, 2), file.Path));

        Assert.Equal(CheckpointRule.Model, error.Rule);
        Assert.Equal(file.Path, error.File);
        Assert.Contains("4 problems", error.Message);
        Assert.Contains("missing 'fc.bias', expected [2]", error.Message);
        Assert.Contains("'fc.weight': found shape [3, 2], expected [2, 3]", error.Message);
        Assert.Contains("unexpected 'old.weight' [7]", error.Message);
        Assert.Contains("'table': found C64", error.Message);
    }

    [Fact]
    public void Nothing_is_filled_when_something_is_wrong()
    {
        using var file = new TemporaryFile();
        var writer = new SafetensorsWriter();
        writer.Add<float>("fc.weight", [2, 3], new float[6]);
        writer.Write(file.Path);
        var model = new Model(3, 2);
        Assert.Throws<CheckpointException>(() => CheckpointLoader.Load(model, file.Path));
        var error = Assert.Throws<InvalidOperationException>(() => model.Call(Torch.Ones(1, 3)));
        Assert.Contains("[2] is empty: load a checkpoint", error.Message);
    }

    [Fact]
    public void A_tied_weight_is_found_under_either_name_and_must_be_one()
    {
        float[] values = [1, 2, 3, 4];
        foreach (var names in new[] { new[] { "tokens.weight" }, ["head.weight"], ["tokens.weight", "head.weight"] })
        {
            using var file = new TemporaryFile();
            var writer = new SafetensorsWriter();
            foreach (var name in names)
            {
                writer.Add<float>(name, [2, 2], values);
            }

            writer.Write(file.Path);
            var model = new TiedModel();
            CheckpointLoader.Load(model, file.Path);
            Assert.Equal([11f, 25f], model.Call(Torch.Tensor([1L])).ToArray<float>());
        }

        using var different = new TemporaryFile();
        var two = new SafetensorsWriter();
        two.Add<float>("tokens.weight", [2, 2], values);
        two.Add<float>("head.weight", [2, 2], new float[4]);
        two.Write(different.Path);
        Assert.Contains("differ", Assert.Throws<CheckpointException>(() => CheckpointLoader.Load(new TiedModel(), different.Path)).Message);

        using var none = new TemporaryFile();
        new SafetensorsWriter().Write(none.Path);
        Assert.Contains(
            "missing 'tokens.weight' or 'head.weight'", Assert.Throws<CheckpointException>(() => CheckpointLoader.Load(new TiedModel(), none.Path)).Message);
    }

    [Fact]
    public void Counters_of_batch_normalization_may_be_there_and_statistics_must()
    {
        using var file = new TemporaryFile();
        var writer = new SafetensorsWriter();
        foreach (var name in new[] { "weight", "bias", "running_mean", "running_var" })
        {
            writer.Add<float>("0." + name, [2], new float[] { 1, 2 });
        }

        writer.Add<long>("0.num_batches_tracked", [], new long[] { 5 });
        writer.Write(file.Path);
        var network = Nn.Sequential(Nn.BatchNorm2d(2));
        CheckpointLoader.Load(network, file.Path);
        Assert.Equal([1f, 2f], network.Call(Torch.Tensor([1f, 2f], [1L, 2, 1, 1])).ToArray<float>());
    }

    [Fact]
    public void Weights_made_inside_a_scope_outlive_it()
    {
        using var file = new TemporaryFile();
        var writer = new SafetensorsWriter();
        writer.Add<float>("gain", [2], new float[] { 3, 4 });
        writer.Write(file.Path);
        BareModel model;
        using (Torch.NewDisposeScope())
        {
            model = new BareModel(Nn.Parameter(Torch.Ones(2)));
            CheckpointLoader.Load(model, file.Path);
        }

        Assert.Equal([3f, 4f], model.Gain!.ToArray<float>());
    }

    private sealed class Model : Module<Tensor, Tensor>
    {
        private readonly Parameter gain;
        private readonly Tensor table = Torch.Zeros(1, 2);

        public Model(int inputs, int outputs)
            : base(nameof(Model))
        {
            Fc = Nn.Linear(inputs, outputs);
            gain = Nn.Parameter(Torch.Ones(outputs));
        }

        public Linear Fc { get; }

        public override Tensor Forward(Tensor input) => Fc.Call(input) * gain + table;

        protected override void VisitComponents(ComponentVisitor visitor)
        {
            visitor.Module("fc", Fc);
            visitor.Parameter("gain", gain);
            visitor.Buffer("table", table);
        }
    }
}
