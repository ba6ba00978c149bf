using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Reparam.Cli.Benchmarks;

/// <summary>
/// TorchSharp and libtorch from a folder that the user names: the output of any program that trains. The command itself does not depend on them, so the few members that it
/// needs are found by reflection and compiled into delegates.
/// </summary>
internal sealed class TorchLibrary
{
    private readonly Func<long[], object> randn;
    private readonly Func<object, object> toBFloat16;
    private readonly Action<object, object> linear;
    private readonly Action<object> dispose;

    private TorchLibrary(Assembly assembly, int threads)
    {
        var torch = assembly.GetType("TorchSharp.torch", throwOnError: true)!;
        var tensor = assembly.GetType("TorchSharp.torch+Tensor", throwOnError: true)!;
        var functional = assembly.GetType("TorchSharp.torch+nn+functional", throwOnError: true)!;
        var scalarType = assembly.GetType("TorchSharp.torch+ScalarType", throwOnError: true)!;
        Version = assembly.GetName().Version?.ToString(3) ?? "?";
        torch.GetMethod("set_num_threads", [typeof(int)])!.Invoke(null, [threads]);

        var size = Expression.Parameter(typeof(long[]));
        randn = Expression.Lambda<Func<long[], object>>(Call(Method(torch, "randn", typeof(long[])), null, size), size).Compile();
        var one = Expression.Parameter(typeof(object));
        var other = Expression.Parameter(typeof(object));
        toBFloat16 = Expression.Lambda<Func<object, object>>(
            Call(Method(tensor, "to", scalarType), Expression.Convert(one, tensor), Expression.Constant(Enum.Parse(scalarType, "BFloat16"), scalarType)), one).Compile();
        var product = Call(Method(functional, "linear", tensor, tensor), null, Expression.Convert(one, tensor), Expression.Convert(other, tensor));
        var disposeMethod = typeof(IDisposable).GetMethod(nameof(IDisposable.Dispose))!;
        linear = Expression.Lambda<Action<object, object>>(Expression.Call(Expression.Convert(product, typeof(IDisposable)), disposeMethod), one, other).Compile();
        dispose = value => ((IDisposable)value).Dispose();
    }

    /// <summary>Version of TorchSharp.</summary>
    public string Version { get; }

    /// <summary>Loads TorchSharp.dll and the libraries beside it, and bounds libtorch's threads.</summary>
    /// <param name="folder">A folder with TorchSharp.dll, and the native libraries in it or in <c>runtimes/*/native</c> below.</param>
    /// <param name="threads">Threads that libtorch may use.</param>
    /// <exception cref="FileNotFoundException">There is no TorchSharp.dll, or no libLibTorchSharp.</exception>
    /// <exception cref="DllNotFoundException">A native library cannot be loaded; the message says why.</exception>
    public static TorchLibrary Load(string folder, int threads)
    {
        var context = new LoadContext(Path.GetFullPath(folder));
        var file = Path.Combine(Path.GetFullPath(folder), "TorchSharp.dll");
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"there is no TorchSharp.dll in {folder}", file);
        }

        // Tried first: where it fails, TorchSharp would copy all of libtorch into a folder of its own and try again.
        context.LoadNative("LibTorchSharp");
        return new TorchLibrary(context.LoadFromAssemblyPath(file), threads);
    }

    /// <summary>y = W·x for random float32 or bfloat16 weights: the cost of <c>torch.nn.functional.linear</c> for one input row.</summary>
    /// <param name="name">What the tables call it.</param>
    /// <param name="rows">Rows of the matrix.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="brainFloat">Whether weights and inputs are bfloat16.</param>
    /// <param name="cold">Whether each product takes another copy of the weights.</param>
    public Contender MatrixVector(string name, int rows, int columns, bool brainFloat, bool cold)
    {
        var bytes = (long)rows * columns * (brainFloat ? 2 : 4);
        var copies = new object[cold ? BandwidthProbe.Copies(bytes) : 1];
        for (var i = 0; i < copies.Length; i++)
        {
            copies[i] = Tensor(brainFloat, rows, columns);
        }

        var input = Tensor(brainFloat, 1, columns);
        return Contender.Over(name, copies, weights => linear(input, weights), bytes, cold);
    }

    private object Tensor(bool brainFloat, params long[] size)
    {
        var values = randn(size);
        if (!brainFloat)
        {
            return values;
        }

        var converted = toBFloat16(values);
        dispose(values);
        return converted;
    }

    // The overload whose first parameters have these types and whose others may be left out.
    private static MethodInfo Method(Type type, string name, params Type[] first) =>
        type.GetMethods().Where(method => method.Name == name).OrderBy(method => method.GetParameters().Length).FirstOrDefault(method =>
            method.GetParameters() is var parameters && parameters.Length >= first.Length && parameters.Take(first.Length).Select(parameter => parameter.ParameterType).SequenceEqual(first) &&
            parameters.Skip(first.Length).All(parameter => parameter.IsOptional))
        ?? throw new MissingMethodException(type.FullName, name);

    private static MethodCallExpression Call(MethodInfo method, Expression? instance, params Expression[] first) => Expression.Call(
        instance, method, [.. first, .. method.GetParameters().Skip(first.Length).Select(parameter => Default(parameter))]);

    private static Expression Default(ParameterInfo parameter) => parameter.DefaultValue is null
        ? Expression.Default(parameter.ParameterType)
        : Expression.Constant(parameter.DefaultValue, parameter.ParameterType);

    private sealed class LoadContext(string folder) : AssemblyLoadContext("TorchSharp")
    {
        public nint LoadNative(string name) => NativeFile(name) is { } file
            ? NativeLibrary.Load(file)
            : throw new FileNotFoundException($"there is no native library {name} in {folder}");

        protected override Assembly? Load(AssemblyName assemblyName) =>
            Path.Combine(folder, $"{assemblyName.Name}.dll") is var file && File.Exists(file) ? LoadFromAssemblyPath(file) : null;

        protected override nint LoadUnmanagedDll(string unmanagedDllName) => NativeFile(unmanagedDllName) is { } file ? NativeLibrary.Load(file) : 0;

        private string? NativeFile(string name) => (
            from place in (string[])[folder, Path.Combine(folder, "runtimes", RuntimeInformation.RuntimeIdentifier, "native")]
            from file in (string[])[$"lib{name}.so", $"{name}.dll", $"lib{name}.dylib", name]
            select Path.Combine(place, file)).FirstOrDefault(File.Exists);
    }
}
