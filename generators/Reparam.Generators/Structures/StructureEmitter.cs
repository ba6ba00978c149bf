using Reparam.Generators.Common;

namespace Reparam.Generators.Structures;

/// <summary>Writes the part of a structure that tells its base how it is folded.</summary>
internal static class StructureEmitter
{
    /// <summary>The text of the class's further part.</summary>
    /// <param name="structure">The class.</param>
    public static string Emit(StructureModel structure)
    {
        var writer = new CodeWriter().Header();
        using (structure.Type.OpenPart(writer))
        {
            writer.Line("/// <inheritdoc/>");
            writer.Line(GeneratedCode.Attribute);
            writer.Line($"protected override global::{MetadataNames.StructureMethod} FoldMethod {{ get; }} = new {structure.Method}();");
            writer.Line();
            writer.Line("/// <inheritdoc/>");
            writer.Line(GeneratedCode.Attribute);
            writer.Line($"protected override global::{MetadataNames.Structure} FoldOptions {{ get; }} = {structure.Options};");
        }

        return writer.ToString();
    }
}
