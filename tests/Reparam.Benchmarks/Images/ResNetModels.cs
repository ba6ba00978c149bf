using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Reparam.Benchmarks.Survey;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Import;
using Reparam.Compression;
using Reparam.Compression.BatchNormFolding;
using Reparam.Compression.Plans;
using Reparam.Runtime;
using Reparam.Training;
using Module = Reparam.Runtime.Module<Reparam.Runtime.Tensor, Reparam.Runtime.Tensor>;
using TorchModule = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace Reparam.Benchmarks.Images;

/// <summary>
/// ResNet-20 as a user has it: its source is compiled with the generator, its weights are exported, and the twin runs with them as they are, and coded. The
/// checkpoint of a file, or random weights.
/// </summary>
internal sealed class ResNetModels : IDisposable
{
    private const string Resource = "ResNet20.cs";
    private const string Annotation = "[assembly: Reparam.ShiftAdd({0})]";

    private ResNetModels(TorchModule torch, Module dense, Module packed) => (Torch, Dense, Packed) = (torch, dense, packed);

    /// <summary>The TorchSharp model.</summary>
    public TorchModule Torch { get; }

    /// <summary>The twin with the weights in float32.</summary>
    public Module Dense { get; }

    /// <summary>The twin with coded weights.</summary>
    public Module Packed { get; }

    /// <summary>Makes the models.</summary>
    /// <param name="bits">Planes of the coded weights.</param>
    /// <param name="file">A PyTorch file with names like <c>module.conv1.weight</c>, or null.</param>
    public static ResNetModels Create(int bits, string? file)
    {
        var folder = Directory.CreateTempSubdirectory("resnet").FullName;
        try
        {
            var assembly = Compile(string.Format(null, Annotation, bits));
            TorchSharp.torch.random.manual_seed(1);
            var torch = (TorchModule)Activator.CreateInstance(assembly.GetType("Images.ResNet20", throwOnError: true)!)!;
            torch.eval();
            if (file is not null)
            {
                var imported = Path.Combine(folder, "imported.safetensors");
                CheckpointImporter.Import(file, imported, new ImportOptions { StripPrefix = "module." });
                torch.LoadSafetensors(imported);
            }

            var dense = Path.Combine(folder, "dense.safetensors");
            torch.ExportDense(dense);
            var plan = new BuildPlan
            {
                Version = 1,
                Checkpoint = dense,
                Output = Path.Combine(folder, "packed.safetensors"),
                Model = torch.GetType().FullName!,
                Manifests = assembly.GetCustomAttributes<ReparamManifestAttribute>().ToDictionary(m => m.Module, m => ModuleManifest.Parse(m.Json)),
            };
            using (var checkpoint = Checkpoint.Open(dense))
            {
                // As the build does it.
                var folded = BatchNormFolding.Apply(checkpoint, BatchNormFolds.Find(checkpoint, plan));
                CheckpointCompressor.Compress(folded, ManifestExpander.Expand(checkpoint, plan), plan.Output, new CompressionSettings());
            }

            return new ResNetModels(torch, Twin(dense), Twin(plan.Output));

            Module Twin(string checkpoint)
            {
                var twin = (Module)Activator.CreateInstance(assembly.GetType("Images.ResNet20Runtime", throwOnError: true)!)!;
                CheckpointLoader.Load(twin, checkpoint);
                return twin;
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public void Dispose() => Torch.Dispose();

    private static Assembly Compile(string annotation)
    {
        using var source = new StreamReader(typeof(ResNetModels).Assembly.GetManifestResourceStream(Resource)!);
        var project = new SurveyProject(
            "ResNet", [(Resource, source.ReadToEnd()), ("Usings.cs", SurveyProject.ImplicitUsings), ("Annotation.cs", annotation)]);
        var run = ProductRun.Of(project.Compile(SurveyReferences.With([])), CancellationToken.None);
        using var image = new MemoryStream();
        var emitted = run.Output.WithOptions(run.Output.Options.WithOptimizationLevel(OptimizationLevel.Release)).Emit(image);
        return emitted.Success
            ? Assembly.Load(image.ToArray())
            : throw new InvalidOperationException(string.Join("\n", emitted.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
    }
}
