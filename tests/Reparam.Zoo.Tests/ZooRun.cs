using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Reparam.Benchmarks.Survey;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Compression;
using Reparam.Compression.Plans;
using Reparam.Runtime;
using Reparam.Training;
using Module = Reparam.Runtime.Module;
using TorchModule = TorchSharp.torch.nn.Module;

namespace Reparam.Zoo.Tests;

/// <summary>Marks a model by machine, compiles it, compares its twin with TorchSharp, codes it and runs it packed.</summary>
internal sealed partial class ZooRun : IDisposable
{
    // What a user writes beside the marks: every layer is to be coded.
    private const string Annotation = "[assembly: Reparam.ShiftAdd(4)]";

    private const double Tolerance = 1e-4;

    // Packed products round sums in another order than the dense weights that the codes stand for.
    private const double PackedTolerance = 2e-3;

    private static readonly MetadataReference[] References = SurveyReferences.With([]);

    private readonly string folder = Directory.CreateTempSubdirectory("zoo").FullName;
    private readonly ZooModel model;

    private ZooRun(ZooModel model) => this.model = model;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>How far a model comes.</summary>
    public static ZooResult Of(ZooModel model)
    {
        using var run = new ZooRun(model);
        return run.Result();
    }

    private ZooResult Result()
    {
        var original = new SurveyProject(
            "Zoo", [($"{model.Name}.cs", model.Source), ("Usings.cs", SurveyProject.ImplicitUsings), ("Annotation.cs", Annotation)]).Compile(References);
        Assert.Empty(original.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        var classes = ModuleClasses.In(original);

        var product = ProductRun.Of(ModuleClasses.Marked(original, classes), CancellationToken.None);
        var (emitted, sources) = product.CompilerErrors(CancellationToken.None);
        Blocker[] blockers =
        [
            .. product.Product.Where(d => d.Severity == DiagnosticSeverity.Error).Concat(sources).Select(d => Blocker.Of(d, isEmitted: false)),
            .. emitted.Select(d => Blocker.Of(d, isEmitted: true)),
        ];

        var assembly = Load(blockers.Length == 0 ? product.Output : original, blockers.Length == 0);
        using var torch = Make<TorchModule>(assembly, "Torch");
        InitialiseGroupNorms(torch);
        torch.eval();
        var layers = CodableWeights(torch);
        TorchSharp.torch.random.manual_seed(7);
        var inputs = ZooInputs.Of(model.Inputs);
        var expected = ZooOutputs.Call(torch, "forward", [.. inputs.Select(input => input.Torch)]);
        if (product.Exceptions.Count + blockers.Length > 0)
        {
            var reasons = product.Exceptions.Select(thrown => thrown.Message).Concat(blockers.Select(blocker => $"{blocker.Id} {Short(blocker.Subject)}"));
            return new ZooResult(model.Name, classes.Count, layers.Count, 0, [.. reasons.Distinct().Order(StringComparer.Ordinal)]);
        }

        var dense = Path.Combine(folder, "dense.safetensors");
        torch.ExportDense(dense);
        var problem = Attempt(() => ZooOutputs.Difference(expected, Run(assembly, dense, inputs), Tolerance) is { } difference
            ? $"differs from TorchSharp: {difference}"
            : null);
        var coded = 0;
        problem ??= Attempt(() =>
        {
            var plan = Plan(assembly, torch, dense);
            using var checkpoint = Checkpoint.Open(dense);
            var planned = ManifestExpander.Expand(checkpoint, plan);
            var names = planned.Select(layer => layer.Tensor).ToHashSet();
            coded = layers.Count(aliases => aliases.Any(names.Contains));
            if (coded < layers.Count)
            {
                var left = layers.Where(aliases => !aliases.Any(names.Contains)).Select(aliases => aliases[0]).ToArray();
                return $"not coded: {string.Join(", ", left.Take(3))}{(left.Length > 3 ? $" and {left.Length - 3} more" : "")}";
            }

            CheckpointCompressor.Compress(checkpoint, planned, plan.Output, new CompressionSettings());
            var unpacked = Path.Combine(folder, "unpacked.safetensors");
            using (var packed = PackedFile.Open(plan.Output))
            {
                CheckpointDecompressor.Decompress(packed, unpacked);
            }

            return ZooOutputs.Difference(Run(assembly, unpacked, inputs), Run(assembly, plan.Output, inputs), PackedTolerance) is { } difference
                ? $"packed differs from the weights that the codes stand for: {difference}"
                : null;
        });
        return new ZooResult(model.Name, classes.Count, layers.Count, coded, problem is null ? [] : [problem]);
    }

    // TorchSharp leaves the weight and bias of a new one as the memory was that it got.
    private static void InitialiseGroupNorms(TorchModule torch)
    {
        using var noGradient = TorchSharp.torch.no_grad();
        foreach (var norm in torch.modules().OfType<TorchSharp.Modules.GroupNorm>())
        {
            norm.weight?.fill_(1);
            norm.bias?.fill_(0);
        }
    }

    // Without the parameters of a method and without namespaces.
    private static string Short(string subject) =>
        ParameterList().Replace(subject, "").Replace("TorchSharp.Modules.", "").Replace("TorchSharp.", "").Replace("Zoo.", "");

    [GeneratedRegex(@"(?<=\w)\(.*\)$")]
    private static partial Regex ParameterList();

    private object Run(Assembly assembly, string checkpoint, ZooInput[] inputs)
    {
        var twin = Make<Module>(assembly, "Twin");
        CheckpointLoader.Load(twin, checkpoint);
        return ZooOutputs.Call(twin, "Forward", [.. inputs.Select(input => input.Twin)]);
    }

    private BuildPlan Plan(Assembly assembly, TorchModule torch, string dense) => new()
    {
        Version = 1,
        Checkpoint = dense,
        Output = Path.Combine(folder, "packed.safetensors"),
        Model = torch.GetType().FullName!,
        Manifests = assembly.GetCustomAttributes<ReparamManifestAttribute>().ToDictionary(m => m.Module, m => ModuleManifest.Parse(m.Json)),
    };

    // Names of the weights that have codes of their own; names of one weight are together.
    private static List<string[]> CodableWeights(TorchModule torch)
    {
        var weights = new List<(IntPtr Handle, string Name)>();
        foreach (var (name, module) in torch.named_modules())
        {
            var weight = module switch
            {
                TorchSharp.Modules.Linear linear => linear.weight,
                TorchSharp.Modules.Conv1d convolution => convolution.weight,
                TorchSharp.Modules.Conv2d convolution => convolution.weight,
                TorchSharp.Modules.Embedding embedding => embedding.weight,
                _ => OwnWeight(module),
            };
            if (weight is not null)
            {
                weights.Add((weight.Handle, $"{name}.weight"));
            }
        }

        return [.. weights.GroupBy(weight => weight.Handle).Select(group => group.Select(weight => weight.Name).Order(StringComparer.Ordinal).ToArray())];
    }

    // A matrix that a class of the model holds itself.
    private static TorchSharp.torch.Tensor? OwnWeight(TorchModule module) => module.GetType().Assembly == typeof(TorchModule).Assembly
        ? null
        : module.named_parameters(recurse: false).Select(entry => ((string, TorchSharp.torch.Tensor))entry)
            .Concat(module.named_buffers(recurse: false).Select(entry => ((string, TorchSharp.torch.Tensor))entry))
            .Where(entry => entry.Item1 == "weight" && entry.Item2.dim() == 2).Select(entry => entry.Item2).FirstOrDefault();

    private Assembly Load(CSharpCompilation compilation, bool withTwin)
    {
        var creation = model.TwinCreation(name => compilation.GetTypeByMetadataName(name) is not null);
        var twin = withTwin ? $"public static object Twin() => {creation};" : "";
        var runs = CSharpSyntaxTree.ParseText(
            $"public static class ZooRuns {{ public static object Torch() => {model.Creation}; {twin} }}", SurveyProject.ParseOptions);
        using var image = new MemoryStream();
        var emitted = compilation.AddSyntaxTrees(runs).Emit(image);
        Assert.True(emitted.Success, string.Join("\n", emitted.Diagnostics));
        return Assembly.Load(image.ToArray());
    }

    private static T Make<T>(Assembly assembly, string method)
    {
        TorchSharp.torch.random.manual_seed(1);
        return (T)assembly.GetType("ZooRuns")!.GetMethod(method)!.Invoke(null, null)!;
    }

    // What the product throws is a problem of the model, and the page names it.
    private string? Attempt(Func<string?> step)
    {
        try
        {
            return step();
        }
        catch (Exception exception)
        {
            var thrown = exception is TargetInvocationException { InnerException: { } inner } ? inner : exception;
            return $"{thrown.GetType().Name}: {thrown.Message.Split('\n')[0].Replace(folder + Path.DirectorySeparatorChar, "")}";
        }
    }
}
