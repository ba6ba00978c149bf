using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Conformance.Tests;
using Reparam.Conformance.Tests.Models;
using Reparam.Integration.Tests.Harness;
using Reparam.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reparam.Foreign.Tests;

/// <summary>The library of docs/writing-a-method.md, from training through a real build, the command and the run-time class.</summary>
public sealed partial class WritingAMethodTests : IDisposable
{
    private readonly Sandbox sandbox = new();

    private string Extension => sandbox.PathOf("My.Methods.dll");

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public void Each_block_compiles_and_its_methods_go_from_training_to_the_app()
    {
        WriteLibrary();
        var library = Assembly.Load(File.ReadAllBytes(Extension));
        var (net, dense, x, expected) = Train(library);

        // A real build finds the manifests in the library, and its methods as an extension.
        sandbox.WriteApp("App", $"""
            <ItemGroup>
              <Reference Include="{Extension}" />
              <ReparamExtension Include="{Extension}" />
              <ReparamCheckpoint Include="{dense}" Model="My.Net" OutputName="model" CopyToOutputDirectory="PreserveNewest" />
            </ItemGroup>
            """);
        sandbox.Run("build", "App", $"-p:ReparamTool={Repository.Worker}").Succeeds();
        var packed = sandbox.PathOf("App/bin/Debug/net10.0/model.reparam.safetensors");

        // The command reads it with the extension, and says what is missing without.
        Assert.Contains("my-signs", Tool("inspect", packed, "--extension", Extension), StringComparison.Ordinal);
        Assert.Contains("my-sign", Tool(status: 1, "inspect", packed), StringComparison.Ordinal);
        Tool("decompress", packed, "-o", sandbox.PathOf("decoded.safetensors"), "--extension", Extension);

        // The run-time class makes the format known by itself.
        Assert.Null(PackedFormats.Find("my-sign"));
        var found = Run(library, packed, x);
        Assert.Equal("My.Signs.SignFormat", PackedFormats.Find("my-sign")!.GetType().FullName);
        Assert.Equal(Run(library, sandbox.PathOf("decoded.safetensors"), x), found, Near);
        Assert.Equal(expected, Run(library, dense, x), Near);
        using (var file = PackedFile.Open(packed))
        {
            Assert.Equal(["block.joined.weight", "first.weight"], file.Layers.Keys.Order(StringComparer.Ordinal));
            Assert.All(file.Layers.Values, spec => Assert.Equal("my-signs", spec.Method));
            Assert.Single(file.ReadSingles("first.weight").Select(Math.Abs).Distinct());
            file.VerifyCanaries();
        }

        // One more option of the command line, whose help is the property's comment.
        Assert.Contains("Factor on the scale.", Tool("compress", "--extension", Extension, "--help"), StringComparison.Ordinal);
        Tool(
            "compress", dense, "-o", sandbox.PathOf("gain.safetensors"), "--extension", Extension, "--method", "my-signs", "--gain", "2", "--include", "first.weight");
        using (var one = PackedFile.Open(packed))
        using (var two = PackedFile.Open(sandbox.PathOf("gain.safetensors")))
        {
            Assert.Equal(2 * Math.Abs(one.ReadSingles("first.weight")[0]), Math.Abs(two.ReadSingles("first.weight")[0]), 1e-6f);
        }

        // And the operation.
        Tool("merge", dense, dense, "-o", sandbox.PathOf("merged.safetensors"), "--extension", Extension, "--method", "my-middle", "--way", "0.25");
        using (var merged = Checkpoint.Open(sandbox.PathOf("merged.safetensors")))
        using (var source = Checkpoint.Open(dense))
        {
            Assert.Equal(source.ReadSingles("last.weight"), merged.ReadSingles("last.weight"), Near);
            Assert.Contains("\"way\":0.25", merged.Metadata["reparam.merge"], StringComparison.Ordinal);
        }

        net.Dispose();
    }

    private static bool Near(float a, float b) => Math.Abs(a - b) <= 1e-4f * Math.Max(1, Math.Abs(b));

    // Blocks of the page, each a file that its first line names.
    private void WriteLibrary()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/writing-a-method.md"));
        var blocks = Block().Matches(page).Select(block => (File: block.Groups[1].Value, Text: block.Groups[2].Value)).ToArray();
        Assert.Equal(page.Split("```csharp").Length - 1, blocks.Length);
        const string Usings = "global using System;\nglobal using System.Collections.Generic;\nglobal using System.Linq;\n";
        new Compiled("My.Methods", blocks.Append(("Usings.cs", Usings))).Write(Extension);
    }

    private (nn.Module<Tensor, Tensor> Net, string Dense, Tensor Input, float[] Output) Train(Assembly library)
    {
        manual_seed(4);
        var net = (nn.Module<Tensor, Tensor>)Activator.CreateInstance(library.GetType("My.Net", throwOnError: true)!)!;
        var (x, target) = (randn(6, 16), randn(6, 4));
        using var optimizer = optim.AdamW(net.ReparamParameterGroups(0.01, 0.02).ForAdamW());
        var losses = new List<float>();
        for (var i = 0; i < 10; i++)
        {
            optimizer.zero_grad();
            var loss = net.AddReparamLoss(nn.functional.mse_loss(net.call(x), target));
            loss.backward();
            net.AfterBackward();
            optimizer.step();
            net.AfterOptimizerStep();
            losses.Add(loss.item<float>());
        }

        Assert.True(losses[^1] < losses[0]);
        net.eval();
        using var output = net.call(x);
        var state = net.state_dict().Keys;
        Assert.Contains("first.reparam.outer.left", state);
        Assert.Contains("reparam.pull.largest", state);
        Assert.True(net.state_dict()["first.reparam.outer.left"].abs().max().item<float>() > 0);
        net.Fold();
        Assert.Equal(output.data<float>().ToArray(), net.call(x).data<float>().ToArray(), Near);
        net.Unfold();
        var dense = sandbox.PathOf("dense.safetensors");
        net.ExportDense(dense);
        using var file = Checkpoint.Open(dense);
        Assert.Equal(["block.joined.weight", "first.bias", "first.weight", "last.bias", "last.weight"], file.Names.Order(StringComparer.Ordinal));
        return (net, dense, x, output.data<float>().ToArray());
    }

    private static float[] Run(Assembly library, string checkpoint, Tensor x)
    {
        var load = library.GetType("My.NetRuntime", throwOnError: true)!.GetMethod("Load", [typeof(string)])!;
        var twin = (Runtime.Module<Runtime.Tensor, Runtime.Tensor>)load.Invoke(null, [checkpoint])!;
        return twin.Call(Runtime.Torch.Tensor(x.data<float>().ToArray(), [.. x.shape])).ToArray<float>();
    }

    private static string Tool(params string[] arguments) => Tool(0, arguments);

    private static string Tool(int status, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Repository.Worker, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
        process.WaitForExit();
        Assert.True(process.ExitCode == status, $"reparam {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}");
        return output;
    }

    [GeneratedRegex("```csharp\n// (\\S+)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
