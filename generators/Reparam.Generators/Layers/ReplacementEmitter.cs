using System.Linq;
using Reparam.Generators.Common;
using Reparam.Generators.Layers.Models;

namespace Reparam.Generators.Layers;

/// <summary>Writes the override of <c>RegisterComponents</c> that replaces plain layers before they are registered.</summary>
internal static class ReplacementEmitter
{
    /// <summary>Writes the members into an open class.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="module">The class.</param>
    public static void Emit(CodeWriter writer, ModuleModel module)
    {
        writer.Line("// The constructor ends with it: layers in fields and containers are replaced here, so that an optimizer has the parameters that train.");
        writer.Line(GeneratedCode.Attribute);
        writer.Line(GeneratedCode.NotCovered);
        using (writer.Open(module.OverridesRegistration ? "private void ReplacePlainLayers()" : "protected override void RegisterComponents()"))
        {
            writer.Line("global::Reparam.Training.PlainLayers.Replace(");
            using (writer.Indent())
            {
                writer.Line("this,");
                for (var i = 0; i < module.Replacements.Count; i++)
                {
                    EmitRule(writer, module.Replacements[i], i == module.Replacements.Count - 1 ? ");" : ",");
                }
            }

            if (!module.OverridesRegistration)
            {
                writer.Line("base.RegisterComponents();");
            }
        }
    }

    private static void EmitRule(CodeWriter writer, ReplacementModel replacement, string end)
    {
        writer.List("new global::Reparam.Training.PlainLayerRule([", [.. replacement.Names.Select(Literals.Of)], "], static (name, layer) => layer switch");
        var targets = replacement.Targets is { } pattern ? $", targets: {Literals.Of(pattern)}" : "";
        using (writer.Open("", targets + ")" + end))
        {
            foreach (var wrap in replacement.Wraps)
            {
                SetterEmitter.EmitArm(writer, wrap, "name");
            }

            writer.Line("_ => null,");
        }
    }
}
