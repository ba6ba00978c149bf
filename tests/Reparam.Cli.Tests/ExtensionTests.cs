using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.Json;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Cli.Extensions;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Methods;

namespace Reparam.Cli.Tests;

/// <summary>Methods of another assembly, in a process of its own: what is registered stays registered.</summary>
public sealed class ExtensionTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("reparam-extension");

    private static string Extension => Path.Combine(
        AppContext.BaseDirectory.Replace("Reparam.Cli.Tests", "Reparam.ForeignMethod", StringComparison.Ordinal), "Reparam.ForeignMethod.dll");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_method_of_another_assembly_codes_a_checkpoint_and_its_options_are_its_attributes()
    {
        WriteDense();
        var run = Run("compress", In("d.safetensors"), "-o", In("p.safetensors"), "--extension", Extension, "--method", "signs", "--scale", "median", "--gain", "1.5", "--report", In("r.json"));
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Contains("1 weight coded", run.Output);
        using (var report = JsonDocument.Parse(File.ReadAllText(In("r.json"))))
        {
            var layer = report.RootElement.GetProperty("layers")[0];
            Assert.Equal(("signs", """{ "scale": "median", "gain": 1.5 }"""), (layer.GetProperty("method").GetString(), OneLine(layer.GetProperty("options").GetRawText())));
        }

        using var packed = PackedFile.Open(In("p.safetensors"));
        Assert.Equal("signs", packed.Layers["w.weight"].Method);
        using var dense = Checkpoint.Open(In("d.safetensors"));
        var weights = dense.ReadSingles("w.weight");
        Assert.All(packed.ReadSingles("w.weight").Zip(weights), pair => Assert.Equal(Math.Sign(pair.Second), Math.Sign(pair.First)));
        var median = weights[..8].Select(Math.Abs).Order().ElementAt(4);
        Assert.Equal(1.5f * median, Math.Abs(packed.ReadSingles("w.weight")[0]), 1e-3f);
    }

    [Fact]
    public void Help_lists_what_the_extension_brings_and_another_methods_option_is_refused()
    {
        var help = Run("compress", $"--extension={Extension}", "--help").Output;
        Assert.Matches(@"The method: shiftadd[\w, -]*, signs\b", OneLine(help));
        Assert.Contains("[signs] How the scale of a row is found: the mean magnitude of its weights, or their median.", OneLine(help));
        Assert.Contains("[signs] Factor on every scale. (0.5 to 2; default 1)", OneLine(help));

        WriteDense();
        var refused = Run("compress", In("d.safetensors"), "-o", In("p.safetensors"), "--extension", Extension, "--method", "signs", "--bits", "3");
        Assert.Equal(1, refused.Status);
        Assert.Contains("The method 'signs' has no option '--bits'; it has --scale, --gain.", refused.Error);
        var outside = Run("compress", In("d.safetensors"), "-o", In("p.safetensors"), "--extension", Extension, "--method", "signs", "--gain", "3");
        Assert.Contains("RPB0102: gain is 3; signs takes 0.5 to 2", outside.Error);
        Assert.False(File.Exists(In("p.safetensors")));
    }

    [Fact]
    public void A_build_plan_names_extensions_and_options_of_each_method()
    {
        WriteDense();
        var run = Build("""{ "signs.scale": "median", "gain": 2 }""");
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.DoesNotContain("##warn", run.Output);
        using (var packed = PackedFile.Open(In("p.safetensors")))
        {
            Assert.Equal("signs", packed.Layers["w.weight"].Method);
        }

        // Where a layer's method lacks an option, that is told; where no method has it, it is an error with the nearest name.
        Assert.Contains("##warn RPB0113 the option 'bits' has no effect: no layer has a method with it; the layers' methods are signs", Build("""{ "bits": 3 }""").Output);
        Assert.Contains("##warn RPB0113 the option 'shiftadd.bits' has no effect: no layer has its method", Build("""{ "shiftadd.bits": 3 }""").Output);
        Assert.Contains("RPB0102: no method has an option 'gian' (did you mean gain?); there are bits, layout, ", Build("""{ "gian": 3 }""").Error);
        Assert.Contains("RPB0102: no method has an option 'signs.bits'; there are scale, gain, fixed", Build("""{ "signs.bits": 3 }""").Error);
        Assert.Matches("RPB0101: the option 'signz.bits' asks for the method 'signz'; known: shiftadd, .*signs", Build("""{ "signz.bits": 3 }""").Error);
    }

    [Fact]
    public void A_step_of_an_extension_is_done_where_a_plan_has_it()
    {
        WriteDense();
        float[] Decoded()
        {
            using var packed = PackedFile.Open(In("p.safetensors"));
            return packed.ReadSingles("w.weight");
        }

        Assert.Equal((0, ""), Build("{}") is var plain ? (plain.Status, plain.Error) : default);
        var before = Decoded();
        var run = Build("{}", """[{ "kind": "negate", "options": { "tensor": "w.weight" } }, { "kind": "code" }]""");
        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Equal(before.Select(value => -value), Decoded());
        Assert.Contains("error RPB0102: the step 'negate': tensor is missing or names no tensor", Build("{}", """[{ "kind": "negate" }, { "kind": "code" }]""").Error);
    }

    [Theory]
    [InlineData("none", "there is no such file")]
    [InlineData("folder", "it is a folder; expected a .NET assembly")]
    [InlineData("text", "")]
    [InlineData("nothing", "it has no public class that is a post-training method")]
    [InlineData("other", "it was built with Reparam.Compression 9.8.7, and this tool is ")]
    public void An_assembly_that_brings_no_method_is_refused(string kind, string expected)
    {
        var file = In(kind + ".dll");
        switch (kind)
        {
            case "folder":
                Directory.CreateDirectory(file);
                break;
            case "text":
                File.WriteAllText(file, "no assembly");
                break;
            case "nothing":
                File.WriteAllBytes(file, Assemble(null));
                break;
            case "other":
                File.WriteAllBytes(file, Assemble(new Version(9, 8, 7, 0)));
                break;
            default:
                break;
        }

        var problem = Assert.Single(Assert.Throws<CompressionException>(() => ExtensionLoader.Load([file])).Problems);
        Assert.Equal("RPB0115", problem.Diagnostic.Id);
        Assert.StartsWith("the extension cannot be used: " + expected, problem.Text);
    }

    [Fact]
    public void A_refused_extension_is_one_line_of_the_command() =>
        Assert.Equal((1, $"{In("none.dll")}: error RPB0115: the extension cannot be used: there is no such file{Environment.NewLine}"), Run("doctor", "--extension", In("none.dll")) is var run ? (run.Status, run.Error) : default);

    private CommandRun Build(string options, string steps = "null")
    {
        File.WriteAllText(In("plan.json"), $$"""
            {
              "version": 1, "checkpoint": "d.safetensors", "output": "p.safetensors", "model": "Ns.M", "options": {{options}}, "steps": {{steps}}, "extensions": [{{JsonSerializer.Serialize(Extension)}}],
              "manifests": { "Ns.M": { "layers": [ { "path": "w", "kind": "linear", "method": "signs", "options": { "scale": "Mean" } } ], "children": [] } }
            }
            """);
        return Run("build", In("plan.json"));
    }

    private void WriteDense()
    {
        var writer = new SafetensorsWriter();
        var random = new Random(3);
        writer.Add<float>("w.weight", [16, 8], Enumerable.Range(0, 128).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray());
        writer.Write(In("d.safetensors"));
    }

    private string In(string name) => Path.Combine(folder.FullName, name);

    private static CommandRun Run(params string[] arguments)
    {
        using var process = ReparamProcess.Start(arguments);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new CommandRun(process.ExitCode, output, error.Result);
    }

    private static string OneLine(string text) => string.Join(" ", text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    // An assembly without a class, that references the tool's in a version.
    private static byte[] Assemble(Version? compression)
    {
        var metadata = new MetadataBuilder();
        metadata.AddModule(0, metadata.GetOrAddString("m.dll"), metadata.GetOrAddGuid(Guid.NewGuid()), default, default);
        metadata.AddAssembly(metadata.GetOrAddString("m" + Guid.NewGuid().ToString("N")), new Version(1, 0, 0, 0), default, default, 0, AssemblyHashAlgorithm.None);
        metadata.AddTypeDefinition(default, default, metadata.GetOrAddString("<Module>"), default, MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));
        if (compression is not null)
        {
            metadata.AddAssemblyReference(metadata.GetOrAddString(typeof(PostTrainingMethod).Assembly.GetName().Name!), compression, default, default, default, default);
        }

        var image = new BlobBuilder();
        new ManagedPEBuilder(PEHeaderBuilder.CreateLibraryHeader(), new MetadataRootBuilder(metadata), new BlobBuilder()).Serialize(image);
        return image.ToArray();
    }
}
