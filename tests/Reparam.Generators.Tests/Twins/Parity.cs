using Reparam.Generators.Tests.Harness;
using Reparam.Runtime;
using Reparam.Training;
using Assembly = System.Reflection.Assembly;
using Module = Reparam.Runtime.Module;
using TorchModule = TorchSharp.torch.nn.Module;
using TorchTensor = TorchSharp.torch.Tensor;

namespace Reparam.Generators.Tests.Twins;

/// <summary>An annotated model and its twin with the same weights, which went through a checkpoint.</summary>
internal sealed class Parity : IDisposable
{
    private const double Tolerance = 2e-5;

    private readonly Assembly models;
    private readonly string path = Path.Combine(Path.GetTempPath(), $"twin-{Guid.NewGuid():N}.safetensors");

    /// <summary>Compiles the sources, makes the root <c>Tests.Net</c> and loads its twin from a checkpoint of it.</summary>
    /// <param name="source">Sources with a class <c>Tests.Net</c> marked <c>[ReparamModel]</c>.</param>
    /// <param name="arguments">Arguments of its constructor.</param>
    public Parity(string source, params object[] arguments)
    {
        TorchSharp.torch.random.manual_seed(7);
        models = GeneratorRun.Of(source).Load();
        Torch = (TorchModule)Activator.CreateInstance(models.GetType("Tests.Net")!, arguments)!;
        GroupNorms.Initialise(Torch);
        Torch.SaveSafetensors(path);
        var load = models.GetType("Tests.NetRuntime")!.GetMethods().First(m =>
            m.Name == "Load" && m.GetParameters().Length == 1 + arguments.Length && m.GetParameters().All(p => p.ParameterType != typeof(Verify)));
        Twin = (Module)load.Invoke(null, [path, .. arguments])!;
    }

    /// <summary>The annotated model on libtorch.</summary>
    public TorchModule Torch { get; }

    /// <summary>The twin.</summary>
    public Module Twin { get; }

    /// <summary>Two instances of a plain marked class: the annotated one and the twin.</summary>
    public (object Torch, object Twin) Make(string type, params object[] arguments) =>
        (Activator.CreateInstance(models.GetType(type)!, arguments)!, Activator.CreateInstance(models.GetType(type + "Runtime")!, arguments)!);

    /// <summary>Calls both forwards and compares the outputs in shape and value.</summary>
    /// <param name="values">The first input's values.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="more">Further inputs, one for each of the two.</param>
    public void AssertSameForward((object Torch, object Twin)? more, float[] values, params long[] shape)
    {
        using var noGradient = TorchSharp.torch.no_grad();
        var expected = (TorchTensor)Call(Torch, "forward", TorchSharp.torch.tensor(values, shape), more?.Torch);
        var actual = (Tensor)Call(Twin, "Forward", Runtime.Torch.Tensor(values, shape), more?.Twin);
        AssertSame(expected, actual);
    }

    /// <summary>Compares shape and values.</summary>
    public static void AssertSame(TorchTensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.Shape.ToArray());
        var (e, a) = (expected.contiguous().data<float>().ToArray(), actual.Contiguous().ToArray<float>());
        Assert.Contains(e, value => value != 0);
        for (var i = 0; i < e.Length; i++)
        {
            Assert.True(Math.Abs(e[i] - a[i]) <= Tolerance * (1 + Math.Abs(e[i])), $"element {i}: libtorch {e[i]}, twin {a[i]}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Torch.Dispose();
        File.Delete(path);
    }

    private static object Call(object target, string method, object input, object? more) =>
        target.GetType().GetMethod(method)!.Invoke(target, more is null ? [input] : [input, more])!;
}
