using System.Text.RegularExpressions;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using Reparam.Conformance.Tests.Methods;
using Reparam.Conformance.Tests.Models;
using Reparam.Generators.Tests.Harness;
using Reparam.Training;
using TorchSharp;
using static Reparam.Conformance.Tests.Models.ModelRun;
using static TorchSharp.torch;

namespace Reparam.Conformance.Tests.Training;

/// <summary>Names of state, files, exports and twins of every method that trains.</summary>
public partial class FileTests
{
    public static TheoryData<string> Models => All;

    public static TheoryData<string> Methods =>
        [.. ModelCases.Single.Where(model => model.Wrapping.Any()).Select(model => model.Methods[0].Name).Distinct()];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Names_and_shapes_of_state_do_not_change(string method)
    {
        var text = string.Concat(ModelCases.Single.Where(model => model.Methods[0].Name == method && model.Wrapping.Any()).Select(model =>
        {
            var (net, x) = Make(model);
            Train(net, x, 1);
            var state = net.state_dict().OrderBy(entry => entry.Key, StringComparer.Ordinal).ToArray();
            Assert.All(state, entry => Assert.Matches(StateName(), entry.Key));
            return $"{model}\n" + string.Concat(state.Select(entry => $"  {entry.Key} {entry.Value.dtype} [{string.Join(", ", entry.Value.shape)}]\n"));
        }));
        Snapshots.Match(text, $"{method}.txt");
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void A_saved_model_is_loaded_bit_for_bit_and_a_wrong_one_not_at_all(string id)
    {
        var model = Case(id);
        using var folder = new TestFolder();
        var (net, x) = Make(model);
        Train(net, x);
        net.SaveSafetensors(folder["saved.safetensors"]);
        var (again, _) = Make(model, seed: 2);
        again.LoadSafetensors(folder["saved.safetensors"]);
        again.eval();
        AssertSame(net.state_dict(), again.state_dict());
        Assert.True(Same(net.call(x), again.call(x)));
        Train(again, x, 1);

        var kept = Snapshot(again);
        void IsRefused(string name, Func<ICheckpoint, IEnumerable<(string From, string To)>> names)
        {
            Rewrite(folder["saved.safetensors"], folder["wrong.safetensors"], names);
            var refused = Assert.Throws<CheckpointMismatchException>(() => again.LoadSafetensors(folder["wrong.safetensors"]));
            Assert.Contains(name, refused.Message, StringComparison.Ordinal);
        }

        IsRefused("layer.weight", file => file.Names.Where(name => name != "layer.weight").Select(name => (name, name)));
        IsRefused("layer.stranger", file => file.Names.Select(name => (name, name)).Append(("layer.weight", "layer.stranger")));
        AssertSame(kept, again.state_dict());
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void An_export_is_plain_and_its_twin_computes_the_same(string id)
    {
        var model = Case(id);
        using var folder = new TestFolder();
        var (net, x) = Make(model);
        Train(net, x);
        net.ExportDense(folder["dense.safetensors"]);
        var layer = Layer(net);
        using (var file = Checkpoint.Open(folder["dense.safetensors"]))
        {
            string[] expected =
            [
                .. layer.Bias is null ? [] : new[] { "layer.bias" },
                .. ExportsInput(model) ? layer.InputStates.Select(name => $"layer.{name}") : [],
                "layer.weight",
            ];
            Assert.Equal(expected.Order(StringComparer.Ordinal), file.Names.Order(StringComparer.Ordinal));
        }

        var twin = Twin(model, folder["dense.safetensors"]);
        var input = x.is_floating_point()
            ? Runtime.Torch.Tensor(x.data<float>().ToArray(), [.. x.shape])
            : Runtime.Torch.Tensor(x.data<long>().ToArray(), [.. x.shape]);
        var found = twin.Call(input);
        using var expectedOutput = net.call(x);
        AssertNear(tensor(found.ToArray<float>(), expectedOutput.shape), expectedOutput, 5e-5);

        // The plain file starts the model anew: the weight is attached.
        var (again, _) = Make(model, seed: 3);
        again.LoadSafetensors(folder["dense.safetensors"]);
        again.eval();
        AssertNear(again.call(x), expectedOutput, 1e-4);
    }

    // The build reads the state of its own methods' input maps.
    private static bool ExportsInput(ModelCase model) =>
        model.Methods.Any(method => typeof(PostTrainingAttribute).IsAssignableFrom(method.Attribute) && Composition.HasInputMap(method));

    private static void Rewrite(string source, string target, Func<ICheckpoint, IEnumerable<(string From, string To)>> names)
    {
        using var file = Checkpoint.Open(source);
        var writer = new SafetensorsWriter();
        foreach (var (from, to) in names(file))
        {
            writer.Add(to, file.Info(from).DType, file.Info(from).Shape.AsSpan(), file.Bytes(from).ToArray());
        }

        writer.Write(target);
    }

    [GeneratedRegex("^(layer\\.(weight|bias|reparam\\.[a-z0-9_]+\\.[a-z0-9_]+)|reparam\\.step|reparam\\.[a-z0-9_]+\\.(layer\\.)?[a-z0-9_]+)$")]
    private static partial Regex StateName();
}
