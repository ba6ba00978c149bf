using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Reparam.Generators.Flow;

/// <summary>
/// The modules of a <c>Sequential</c>: modules, or pairs of a name and a module, that are made in the call itself. A module without a name has its index.
/// </summary>
internal static class SequentialElements
{
    /// <summary>Names and modules in order; null if the call does not show all of them.</summary>
    /// <param name="made">The call that makes the Sequential; null if it cannot be seen.</param>
    public static IReadOnlyList<(string Name, IOperation Module)>? Of(IOperation? made)
    {
        if (made is not IInvocationOperation { TargetMethod.Name: "Sequential", Arguments: { Length: > 0 } arguments })
        {
            return null;
        }

        var elements = Unwrapped(arguments[0].Value) switch
        {
            IArrayCreationOperation { Initializer: { } initializer } => initializer.ElementValues.ToArray(),
            ICollectionExpressionOperation collection => [.. collection.Elements],
            _ => null,
        };
        if (elements is null)
        {
            return null;
        }

        var modules = new List<(string Name, IOperation Module)>();
        for (var i = 0; i < elements.Length; i++)
        {
            var (name, module) = Unwrapped(elements[i]) is ITupleOperation { Elements: { Length: 2 } pair }
                ? (pair[0].ConstantValue is { HasValue: true, Value: string constant } ? constant : null, Unwrapped(pair[1]))
                : (i.ToString(CultureInfo.InvariantCulture), Unwrapped(elements[i]));
            if (name is null || module is not (IInvocationOperation or IObjectCreationOperation) || module.Type is null)
            {
                return null;
            }

            modules.Add((name, module));
        }

        return modules;
    }

    private static IOperation Unwrapped(IOperation value)
    {
        while (value is IConversionOperation conversion)
        {
            value = conversion.Operand;
        }

        return value;
    }
}
