using Microsoft.CodeAnalysis;
using Reparam.Generators.Layers;
using Reparam.Generators.Refusals;
using Reparam.Generators.Structures;
using Reparam.Generators.Twins;

namespace Reparam.Generators;

/// <summary>
/// Emits, for each class marked with <c>[ReparamModule]</c> or <c>[ReparamModel]</c>, its setters, the layers they assign, its manifest and its run-time twin.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class ReparamGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        LayerPipeline.Register(context);
        TwinPipeline.Register(context);
        StructurePipeline.Register(context);
        RefusalPipeline.Register(context);
    }
}
