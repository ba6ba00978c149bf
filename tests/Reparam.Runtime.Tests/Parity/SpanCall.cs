using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;

namespace Reparam.Runtime.Tests.Parity;

/// <summary>Calls methods that take spans, which reflection cannot: arrays are given in their place.</summary>
internal static class SpanCall
{
    private static readonly ConcurrentDictionary<MethodInfo, Func<object?, object?[], object?>> Calls = new();

    public static object? Invoke(MethodInfo method, object? instance, object?[] arguments)
    {
        try
        {
            return Calls.GetOrAdd(method, Compile)(instance, arguments);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new TargetInvocationException(exception);
        }
    }

    private static Func<object?, object?[], object?> Compile(MethodInfo method)
    {
        var instance = Expression.Parameter(typeof(object));
        var arguments = Expression.Parameter(typeof(object[]));
        var values = method.GetParameters().Select((p, i) =>
        {
            var value = Expression.ArrayIndex(arguments, Expression.Constant(i));
            return p.ParameterType.IsByRefLike
                ? Expression.Convert(Expression.Convert(value, p.ParameterType.GetGenericArguments()[0].MakeArrayType()), p.ParameterType)
                : (Expression)Expression.Convert(value, p.ParameterType);
        });
        var call = Expression.Call(method.IsStatic ? null : Expression.Convert(instance, method.DeclaringType!), method, values);
        return Expression.Lambda<Func<object?, object?[], object?>>(
            method.ReturnType == typeof(void) ? Expression.Block(call, Expression.Constant(null)) : Expression.Convert(call, typeof(object)), instance, arguments).Compile();
    }
}
