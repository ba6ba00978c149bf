using System.Linq;
using Reparam.Generators.Common;
using Reparam.Generators.Layers.Models;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Layers;

/// <summary>Writes the partial properties of a marked class: named backing fields, and setters that wrap plain layers.</summary>
internal static class SetterEmitter
{
    private const string Known = "global::Reparam.Training.ReparamLayer.Known";

    /// <summary>The text of the class's further part.</summary>
    /// <param name="module">The class.</param>
    public static string Emit(ModuleModel module)
    {
        var writer = new CodeWriter().Header();
        using (module.Type.OpenPart(writer))
        {
            var first = true;
            foreach (var component in module.Components)
            {
                if (!first)
                {
                    writer.Line();
                }

                first = false;
                EmitProperty(writer, component, module.Type.Name);
            }

            if (module.Replacements.Count > 0)
            {
                if (!first)
                {
                    writer.Line();
                }

                ReplacementEmitter.Emit(writer, module);
            }
        }

        return writer.ToString();
    }

    private static void EmitProperty(CodeWriter writer, ComponentModel component, string className)
    {
        var field = component.Field;
        writer.Line(GeneratedCode.Attribute);
        writer.Line($"[global::TorchSharp.Utils.ComponentName(Name = {Literals.Of(component.StateName)})]");
        writer.Line(writer.Declaration($"private {component.Type}", $"{field} = null!;"));
        writer.Line();
        writer.Line(GeneratedCode.Attribute);
        using (writer.Open(writer.Declaration($"{component.Modifiers} {component.Type}", Identifiers.Escape(component.Property))))
        {
            if (component.Getter is { } getter)
            {
                writer.Line($"{getter} => {field};");
            }

            if (component.Setter is { } setter)
            {
                EmitSetter(writer, component, setter, $"{className}.{component.Property}");
            }
        }
    }

    private static void EmitSetter(CodeWriter writer, ComponentModel component, string setter, string layerName)
    {
        var field = component.Field;
        if (component.Wraps.Count == 0)
        {
            writer.Line($"{setter} => {field} = value;");
            return;
        }

        writer.Line(GeneratedCode.NotCovered);
        if (!component.IsList)
        {
            using (writer.Open($"{setter} => {field} = {Known}(value) switch", ";"))
            {
                EmitArms(writer, component, Literals.Of(layerName), "value");
            }

            return;
        }

        using (writer.Open(setter))
        {
            using (writer.Open("for (var i = 0; i < value.Count; i++)"))
            {
                using (writer.Open($"value[i] = {Known}(value[i]) switch", ";"))
                {
                    EmitArms(writer, component, $"$\"{layerName}[{{i}}]\"", "value[i]");
                }
            }

            writer.Line();
            writer.Line($"{field} = value;");
        }
    }

    /// <summary>Writes the arm of a switch that makes the emitted layer of a plain one.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="wrap">The emitted layer.</param>
    /// <param name="name">Expression for its name in messages.</param>
    public static void EmitArm(CodeWriter writer, WrapModel wrap, string name)
    {
        writer.Line($"{wrap.Layer.Kind.PlainType()} plain => new {wrap.Layer.Qualified}(");
        using (writer.Indent())
        {
            var options = wrap.Options.Select((option, i) => $"{wrap.Layer.Methods[i].Field}: {option}");
            writer.Line(string.Join(",\n", new[] { name, "plain" }.Concat(options)) + "),");
        }
    }

    private static void EmitArms(CodeWriter writer, ComponentModel component, string name, string value)
    {
        foreach (var wrap in component.Wraps)
        {
            EmitArm(writer, wrap, name);
        }

        writer.Line("null => null!,");
        writer.Line("global::Reparam.Training.ReparamLayer wrapped => wrapped,");
        if (component.KeepsOthers)
        {
            writer.Line($"_ => {value},");
            return;
        }

        var expected = string.Join(" or ", component.Wraps.Select(w => w.Layer.Kind.ToString()));
        writer.Line(
            $"var other => throw new global::System.ArgumentException($\"{component.Property} takes a plain {expected}; found a {{other.GetType().Name}}.\", "
                + "\"value\"),");
    }
}
