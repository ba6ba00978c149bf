using System.Reflection;
using Reparam.Runtime;
using TorchSharp;

namespace Reparam.Runtime.Tests.Parity;

/// <summary>
/// The same call on both sides, by TorchSharp's name: <c>Of("cumsum", pair, 0L)</c>. Pairs among the arguments are taken apart; enumerations, types and indices
/// are given as TorchSharp's and translated.
/// </summary>
internal static class BothSides
{
    private const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static;

    // Functions of parts of torch are called by their path: "linalg.inv".
    private static readonly (Type Theirs, Type Ours, string Path)[] Parts =
    [
        (typeof(torch.Tensor), typeof(Tensor), ""), (typeof(torch), typeof(Torch), ""), (typeof(torch.linalg), typeof(Linalg), "linalg."),
        (typeof(torch.fft), typeof(Fft), "fft."), (typeof(torch.special), typeof(Special), "special."),
        (typeof(torch.nn.functional), typeof(Functional), "functional."),
    ];

    private static readonly ILookup<string, MethodBase> Theirs = Parts
        .SelectMany(part => Members(part.Theirs).Select(member => (Name: part.Path + member.Name, Member: member))).ToLookup(m => m.Name, m => m.Member);

    private static readonly ILookup<string, MethodBase> Ours = Parts
        .SelectMany(part => Members(part.Ours).Select(member => (part.Path, Member: member)))
        .Where(m => m.Member.GetCustomAttribute<CounterpartAttribute>() is { IsInitialisation: false })
        .ToLookup(m => m.Path + m.Member.GetCustomAttribute<CounterpartAttribute>()!.Name, m => m.Member);

    /// <summary>Names of the tensor's methods that take nothing, or as many tensors as asked for, and give a tensor.</summary>
    public static IEnumerable<string> Names(int tensors) => typeof(Tensor).GetMethods(Public)
        .Where(m => !m.IsStatic && m.ReturnType == typeof(Tensor) && m.GetCustomAttribute<CounterpartAttribute>() is { IsInitialisation: false }
            && m.GetParameters().Where(p => !p.HasDefaultValue).Count(p => p.ParameterType == typeof(Tensor)) == tensors
            && m.GetParameters().Where(p => !p.HasDefaultValue).All(p => p.ParameterType == typeof(Tensor))
            && !m.GetParameters().Any(p => p.GetCustomAttributesData().Any(a => a.AttributeType.Name.StartsWith("Param", StringComparison.Ordinal))))
        .Select(m => m.GetCustomAttribute<CounterpartAttribute>()!.Name).Distinct().Order(StringComparer.Ordinal);

    /// <summary>Calls the method of the first argument, or the function, on both sides and compares the results, or that both refuse.</summary>
    public static void Same(string name, double relative, double absolute, params object?[] arguments)
    {
        var because = $"{name}({string.Join(", ", arguments.Select(Describe))})";
        object? expected;
        try
        {
            expected = Call(Theirs, name, arguments, isTheirs: true);
        }
        catch (TargetInvocationException)
        {
            Assert.True(Record.Exception(() => Call(Ours, name, arguments, isTheirs: false)) is not null, because + " is refused by TorchSharp alone");
            return;
        }

        object? found;
        try
        {
            found = Call(Ours, name, arguments, isTheirs: false);
        }
        catch (TargetInvocationException exception)
        {
            Assert.Fail($"{because} is refused: {exception.InnerException!.Message}");
            return;
        }

        try
        {
            Same(expected, found, relative, absolute, because);
        }
        catch (Xunit.Sdk.XunitException)
        {
            // TorchSharp does not keep its temporaries alive during a native call, so a collection at that moment spoils its result: it is asked once more.
            Same(Call(Theirs, name, arguments, isTheirs: true), found, relative, absolute, because);
        }
    }

    private static void Same(object? expected, object? found, double relative, double absolute, string because)
    {
        switch (expected, found)
        {
            case (torch.Tensor theirs, Tensor ours):
                Compare.Same(theirs, ours, relative, absolute, because);
                break;
            case (System.Runtime.CompilerServices.ITuple theirs, System.Runtime.CompilerServices.ITuple ours):
                for (var i = 0; i < theirs.Length; i++)
                {
                    Same(theirs[i], ours[i], relative, absolute, $"{because} item {i + 1}");
                }

                break;
            case (IEnumerable<torch.Tensor> theirs, IEnumerable<Tensor> ours):
                Assert.Equal(theirs.Count(), ours.Count());
                foreach (var (their, our) in theirs.Zip(ours))
                {
                    Same(their, our, relative, absolute, because);
                }

                break;
            case (torch.ScalarType theirs, DType ours):
                Assert.Equal(theirs.ToString(), ours.ToString());
                break;
            default:
                Assert.True(Equals(expected, found), $"{because}: expected {expected}, found {found}");
                break;
        }
    }

    private static IEnumerable<MethodBase> Members(params Type[] types) => types.SelectMany(type => type.GetMethods(Public));

    private static object? Call(ILookup<string, MethodBase> methods, string name, object?[] arguments, bool isTheirs)
    {
        foreach (var method in methods[name].Where(m => !m.IsGenericMethod).OrderByDescending(m => m.IsStatic).ThenBy(m => m.GetParameters().Length))
        {
            var given = method.IsStatic ? arguments : arguments[1..];
            if (method.IsStatic || (arguments.Length > 0 && Translate(arguments[0], method.DeclaringType!, isTheirs) is not null))
            {
                var parameters = method.GetParameters();
                if (given.Length > parameters.Length || parameters.Skip(given.Length).Any(p => !p.HasDefaultValue)
                    || parameters.Any(p => p.ParameterType.IsByRefLike && p.ParameterType != typeof(ReadOnlySpan<long>) && p.ParameterType != typeof(ReadOnlySpan<Tensor>)))
                {
                    continue;
                }

                if (Invoke(method, method.IsStatic ? null : Translate(arguments[0], method.DeclaringType!, isTheirs), parameters, given, isTheirs, out var result))
                {
                    return result;
                }
            }
        }

        throw new InvalidOperationException($"{(isTheirs ? "TorchSharp" : "The run time")} has no '{name}' for {string.Join(", ", arguments.Select(Describe))}.");
    }

    private static bool Invoke(MethodBase method, object? instance, ParameterInfo[] parameters, object?[] given, bool isTheirs, out object? result)
    {
        result = null;
        var values = new object?[parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            var type = parameters[i].ParameterType;
            if (i >= given.Length)
            {
                values[i] = parameters[i].DefaultValue is DBNull ? null : parameters[i].DefaultValue;
                values[i] = values[i] is null && type.IsByRefLike ? Array.Empty<long>() : values[i];
                continue;
            }

            values[i] = Translate(given[i], type, isTheirs);
            if (values[i] is null && given[i] is not null)
            {
                return false;
            }
        }

        result = parameters.Any(p => p.ParameterType.IsByRefLike)
            ? SpanCall.Invoke((MethodInfo)method, instance, values)
            : method.Invoke(instance, values);
        return true;
    }

    // The argument as a parameter of the type takes it; null if it does not.
    private static object? Translate(object? argument, Type type, bool isTheirs)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        object? value = argument switch
        {
            Pair pair => isTheirs ? pair.Theirs : pair.Ours,
            Pair[] pairs => isTheirs ? pairs.Select(p => p.Theirs).ToArray() : pairs.Select(p => p.Ours).ToArray(),
            torch.ScalarType scalarType when !isTheirs => Enum.Parse<DType>(scalarType.ToString()),
            torch.RoundingMode mode when !isTheirs => (RoundingMode)(int)mode,
            TorchSharp.FFTNormType norm when !isTheirs => (FFTNormType)(int)norm,
            torch.linalg.QRMode mode when !isTheirs => Enum.Parse<QRMode>(mode.ToString()),
            torch.nn.Reduction reduction when !isTheirs => (Reduction)(int)reduction,
            TorchSharp.PaddingModes padding when !isTheirs => Enum.Parse<PaddingModes>(padding.ToString()),
            int or long or float or double or bool when type == typeof(Scalar) => ToScalar(argument),
            int or long or float or double or bool when type == typeof(TorchSharp.Scalar) => ToTheirScalar(argument),
            int number when type == typeof(long) => (long)number,
            int number when type == typeof(double) => (double)number,
            int number when type == typeof(float) => (float)number,
            long number when type == typeof(int) => (int)number,
            double number when type == typeof(float) => (float)number,
            _ => argument,
        };
        return value is null ? null
            : type.IsInstanceOfType(value) ? value
            : value is long[] && type == typeof(ReadOnlySpan<long>) ? value
            : value is Tensor[] && type == typeof(ReadOnlySpan<Tensor>) ? value
            : null;
    }

    private static Scalar ToScalar(object value) => value switch { int i => i, long l => l, float f => f, double d => d, _ => (bool)value };

    private static TorchSharp.Scalar ToTheirScalar(object value) => value switch { int i => i, long l => l, float f => f, double d => d, _ => (bool)value };

    private static string Describe(object? argument) => argument switch
    {
        Pair pair => pair.Ours.ToString(),
        Pair[] pairs => string.Join(" ", pairs.Select(p => p.Ours)),
        Array array => "[" + string.Join(", ", array.Cast<object>()) + "]",
        _ => argument?.ToString() ?? "null",
    };
}
