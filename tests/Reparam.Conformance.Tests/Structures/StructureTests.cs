using System.Reflection;
using Reparam.Checkpoints;
using Reparam.Compression.Plans;
using Reparam.Compression.Structures;
using Reparam.Conformance.Tests.Methods;
using Reparam.Conformance.Tests.Models;
using Reparam.Training;
using TorchSharp;
using static Reparam.Conformance.Tests.Models.ModelRun;
using static TorchSharp.torch;
using Module = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace Reparam.Conformance.Tests.Structures;

/// <summary>Train, fold, unfold, save, export, build and run: what every structure promises.</summary>
public class StructureTests
{
    private static readonly Lazy<Assembly> Models = new(() => new Compiled("Conformance.Structures", StructureCases.All.Select(one => one.Source)).Load());

    private static readonly StructureCase[] Wrong =
    [
        .. StructureCases.All.DistinctBy(one => one.Line.Name)
            .SelectMany(one => ArgumentText.OutOfRange(one.Line).Select(wrong => one with { Line = wrong.Case })),
    ];

    public static TheoryData<string> Names => [.. StructureCases.All.Select(one => one.Space)];

    [Fact]
    public void Every_structure_has_its_case()
    {
        var missing = FoundMethods.All.Where(type => !FoundMethods.IsOfLayers(type)).Select(FoundMethods.NameOf)
            .Except(StructureCases.All.Select(one => one.Line.Name));
        Assert.True(!missing.Any(), $"Structures/StructureCases.cs has no case for: {string.Join(", ", missing)}");
        Assert.All(
            FoundMethods.All.Where(type => !FoundMethods.IsOfLayers(type)),
            type => Assert.NotNull(StructureMethods.Find(FoundMethods.MethodOf(type).Method)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Folding_keeps_the_output_and_unfolding_restores_everything(string space)
    {
        var (net, x) = Trained(space);
        var state = Snapshot(net);
        var trained = net.named_parameters().Where(p => p.parameter.requires_grad).Select(p => p.name).ToArray();
        using var before = net.call(x);
        net.Fold();
        net.Fold();
        AssertNear(net.call(x), before, 1e-5);
        AssertSame(state, net.state_dict());
        Assert.DoesNotContain(net.named_parameters(), p => p.parameter.requires_grad && p.name.StartsWith("body.", StringComparison.Ordinal));
        net.Unfold();
        net.Unfold();
        Assert.True(Same(before, net.call(x)));
        Assert.Equal(trained, net.named_parameters().Where(p => p.parameter.requires_grad).Select(p => p.name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_saved_block_is_loaded_bit_for_bit_and_an_export_not_at_all(string space)
    {
        using var folder = new TestFolder();
        var (net, x) = Trained(space);
        net.SaveSafetensors(folder["unfolded.safetensors"]);
        net.Fold();
        net.SaveSafetensors(folder["folded.safetensors"]);
        Assert.Equal(File.ReadAllBytes(folder["unfolded.safetensors"]), File.ReadAllBytes(folder["folded.safetensors"]));
        net.Unfold();

        var (again, _) = Make(space, seed: 2);
        again.LoadSafetensors(folder["folded.safetensors"]);
        again.eval();
        AssertSame(net.state_dict(), again.state_dict());
        Assert.True(Same(net.call(x), again.call(x)));
        again.Fold();
        net.LoadSafetensors(folder["unfolded.safetensors"]);
        AssertNear(again.call(x), net.call(x), 1e-5);

        net.ExportDense(folder["dense.safetensors"]);
        Assert.ThrowsAny<Exception>(() => again.LoadSafetensors(folder["dense.safetensors"]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_build_folds_a_training_checkpoint_to_what_an_export_holds_and_the_twin_runs_it(string space)
    {
        using var folder = new TestFolder();
        var (net, x) = Trained(space);
        net.SaveSafetensors(folder["training.safetensors"]);
        net.ExportDense(folder["dense.safetensors"]);
        var plan = new BuildPlan
        {
            Version = 1,
            Checkpoint = folder["training.safetensors"],
            Output = folder["packed.safetensors"],
            Model = space + ".Net",
            Manifests = Models.Value.GetCustomAttributes<ReparamManifestAttribute>().ToDictionary(m => m.Module, m => ModuleManifest.Parse(m.Json)),
        };
        using (var training = Checkpoint.Open(plan.Checkpoint))
        using (var dense = Checkpoint.Open(folder["dense.safetensors"]))
        {
            var notes = new List<string>();
            var (folded, rewritten) = StructureFolding.Apply(training, plan, notes);
            Assert.Equal(dense.Names.Order(StringComparer.Ordinal), folded.Names.Order(StringComparer.Ordinal));
            Assert.All(dense.Names, name => Assert.Equal(dense.ReadSingles(name), folded.ReadSingles(name)));
            Assert.Equal(space + ".FoldedBody", rewritten.Manifests[plan.Model].Children.Single(child => child.Path == "body").Module);
            Assert.Contains(notes, note => note.Contains("'body'", StringComparison.Ordinal));
        }

        var twin = Models.Value.GetType(space + ".NetRuntime", throwOnError: true)!;
        var run = (Runtime.Module<Runtime.Tensor, Runtime.Tensor>)twin.GetMethod("Load", [typeof(string)])!.Invoke(null, [folder["dense.safetensors"]])!;
        using var expected = net.call(x);
        var found = run.Call(Runtime.Torch.Tensor(x.data<float>().ToArray(), [.. x.shape]));
        AssertNear(tensor(found.ToArray<float>(), expected.shape), expected, 5e-5);
        Assert.Null(Models.Value.GetType(space + ".BodyRuntime"));
    }

    [Fact]
    public void Arguments_out_of_their_ranges_are_errors()
    {
        Assert.NotEmpty(Wrong);
        var compiled = new Compiled("Conformance.WrongStructures", Wrong.Select(wrong => wrong.Source));
        foreach (var wrong in Wrong)
        {
            var reports = compiled.ReportsOf(wrong.Space);
            Assert.True(
                reports.Any(report => report.Code == "RP0007"),
                $"[{wrong}]: {string.Join("; ", reports.Select(report => $"{report.Code} {report.Message}"))}");
        }
    }

    private static (Module Net, Tensor Input) Make(string space, int seed = 1)
    {
        manual_seed(seed);
        var net = (Module)Activator.CreateInstance(Models.Value.GetType(space + ".Net", throwOnError: true)!)!;
        manual_seed(seed + 1000);
        return (net, randn(5, 4, StructureCase.Width));
    }

    // Its batch statistics have seen data.
    private static (Module Net, Tensor Input) Trained(string space)
    {
        var (net, x) = Make(space);
        Train(net, x);
        return (net, x);
    }
}
