using System;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Reparam.Generators.Common;

/// <summary>What was made of the marked classes: one provider for each of the two attributes, so that an edit of one class leaves the others alone.</summary>
/// <param name="Modules">From <c>[ReparamModule]</c>.</param>
/// <param name="Models">From <c>[ReparamModel]</c>.</param>
/// <typeparam name="T">An equatable model without symbols.</typeparam>
internal readonly record struct MarkedClasses<T>(IncrementalValuesProvider<T> Modules, IncrementalValuesProvider<T> Models)
{
    /// <summary>Does the same for both providers.</summary>
    /// <param name="register">Registers an output.</param>
    public void ForEach(Action<IncrementalValuesProvider<T>> register)
    {
        register(Modules);
        register(Models);
    }

    /// <summary>All models of the assembly.</summary>
    public IncrementalValueProvider<ImmutableArray<T>> Collect() =>
        Modules.Collect().Combine(Models.Collect()).Select(static (both, _) => both.Left.AddRange(both.Right));
}
