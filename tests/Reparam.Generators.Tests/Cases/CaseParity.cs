using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Reparam.Generators.Tests.Harness;
using Reparam.Generators.Tests.Twins;
using Reparam.Runtime;
using Reparam.Training;
using Assembly = System.Reflection.Assembly;
using Module = Reparam.Runtime.Module;
using TorchModule = TorchSharp.torch.nn.Module;
using TorchTensor = TorchSharp.torch.Tensor;

namespace Reparam.Generators.Tests.Cases;

/// <summary>Runs the classes of a case on libtorch and as twins, with the weights of an export.</summary>
internal static partial class CaseParity
{
    private const double Tolerance = 1e-4;

    /// <summary>Compiles a case with what is emitted from it.</summary>
    public static GeneratorRun Compile(Case one) => GeneratorRun.Of(one.Source);

    /// <summary>Makes and calls what the case asks for, and compares the outputs in shape, type and value.</summary>
    /// <param name="one">The case.</param>
    /// <param name="run">What was emitted from it.</param>
    public static void AssertSame(Case one, GeneratorRun run)
    {
        var calls = string.Join("\n", one.Runs.Select((r, i) =>
            $"    public static object Torch{i}() => {r.Creation};\n    public static object Twin{i}() => {TwinOf(r.Creation)};"));
        var models = run.Load(CSharpSyntaxTree.ParseText($"public static class CaseRuns\n{{\n{calls}\n}}\n", TestCompilation.ParseOptions)).GetType("CaseRuns")!;
        for (var i = 0; i < one.Runs.Length; i++)
        {
            TorchSharp.torch.random.manual_seed(i + 1);
            var inputs = Input().Matches(one.Runs[i].Inputs).Select(m => Make(m.Groups[1].Value, m.Groups[2].Value)).ToArray();
            using var torch = (TorchModule)models.GetMethod($"Torch{i}")!.Invoke(null, null)!;
            var twin = (Module)models.GetMethod($"Twin{i}")!.Invoke(null, null)!;
            GroupNorms.Initialise(torch);
            torch.eval();
            Fill(twin, torch);
            Compare(Call(torch, "forward", [.. inputs.Select(x => x.Torch)]), Call(twin, "Forward", [.. inputs.Select(x => x.Twin)]));
        }
    }

    private static string TwinOf(string creation)
    {
        var end = creation.IndexOfAny(['(', '<', '{']);
        return creation[..end].TrimEnd() + "Runtime" + creation[end..];
    }

    private static void Fill(Module twin, TorchModule torch)
    {
        var path = Path.Combine(Path.GetTempPath(), $"case-{Guid.NewGuid():N}.safetensors");
        try
        {
            torch.ExportDense(path);
            CheckpointLoader.Load(twin, path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static object Call(object module, string name, object[] inputs)
    {
        using var noGradient = TorchSharp.torch.no_grad();
        var forward = module.GetType().GetMethods().First(m => m.Name == name && Takes(m, inputs));
        return forward.Invoke(module, [.. inputs, .. forward.GetParameters().Skip(inputs.Length).Select(p => p.DefaultValue)])!;
    }

    private static bool Takes(MethodInfo method, object[] inputs)
    {
        var parameters = method.GetParameters();
        return parameters.Length >= inputs.Length && parameters.Skip(inputs.Length).All(p => p.IsOptional)
            && inputs.Zip(parameters).All(pair => pair.Second.ParameterType.IsInstanceOfType(pair.First));
    }

    private static (object Torch, object Twin) Make(string kind, string arguments)
    {
        var numbers = arguments.Split(',').Select(n => long.Parse(n)).ToArray();
        var shape = kind == "ints" ? numbers[1..] : numbers;
        var torch = kind switch
        {
            "randn" => TorchSharp.torch.randn(shape),
            "rand" => TorchSharp.torch.rand(shape),
            "ints" => TorchSharp.torch.randint(0, numbers[0], shape),
            _ => throw new ArgumentException($"inputs of kind '{kind}'"),
        };
        return kind == "ints" ? (torch, Torch.Tensor(torch.data<long>().ToArray(), shape)) : (torch, Torch.Tensor(torch.data<float>().ToArray(), shape));
    }

    private static void Compare(object expected, object actual)
    {
        if (expected is System.Runtime.CompilerServices.ITuple tuple)
        {
            var other = (System.Runtime.CompilerServices.ITuple)actual;
            for (var i = 0; i < tuple.Length; i++)
            {
                Assert.Equal(tuple[i] is null, other[i] is null);
                if (tuple[i] is { } element)
                {
                    Compare(element, other[i]!);
                }
            }

            return;
        }

        if (expected is not TorchTensor e)
        {
            Assert.Equal(expected, actual);
            return;
        }

        var a = (Tensor)actual;
        Assert.Equal(e.shape, a.Shape.ToArray());
        Assert.Equal(e.dtype.ToString(), a.Dtype.ToString());
        var x = e.to(TorchSharp.torch.float64).contiguous().data<double>().ToArray();
        var y = a.To(DType.Float32).Contiguous().ToArray<float>();
        for (var i = 0; i < x.Length; i++)
        {
            Assert.True(
                x[i].Equals((double)y[i]) || Math.Abs(x[i] - y[i]) <= Tolerance * (1 + Math.Abs(x[i])), $"element {i}: libtorch {x[i]}, twin {y[i]}");
        }
    }

    [GeneratedRegex(@"(\w+)\(([^)]*)\)")]
    private static partial Regex Input();
}
