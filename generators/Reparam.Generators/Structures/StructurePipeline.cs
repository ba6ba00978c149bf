using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;

namespace Reparam.Generators.Structures;

/// <summary>Structures to the parts that tell how they are folded.</summary>
internal static class StructurePipeline
{
    /// <summary>Adds the steps and outputs to the generator.</summary>
    /// <param name="context">The generator's context.</param>
    public static void Register(IncrementalGeneratorInitializationContext context) =>
        MarkedClasses.Parse(context, StructureParser.Parse, TrackingNames.Structures).ForEach(structures =>
            context.RegisterSourceOutput(
                structures, static (output, structure) => output.AddSource(structure.Type.HintName("Structure"), StructureEmitter.Emit(structure))));
}
