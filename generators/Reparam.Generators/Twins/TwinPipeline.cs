using Microsoft.CodeAnalysis;

namespace Reparam.Generators.Twins;

/// <summary>Marked classes to run-time twins.</summary>
internal static class TwinPipeline
{
    /// <summary>Adds the twins' steps and outputs to the generator.</summary>
    /// <param name="context">The generator's context.</param>
    public static void Register(IncrementalGeneratorInitializationContext context)
    {
    }
}
