using System.Linq;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;

namespace Reparam.Generators.Twins;

/// <summary>Writes the root's <c>Load</c> methods.</summary>
internal static class LoadEmitter
{
    /// <summary>
    /// Writes two <c>Load</c> for each constructor, the second with a degree of verification, and two that find the values of the constructor's record in
    /// the checkpoint. A <c>Load</c> that the user wrote stands in the place of those with as many parameters.
    /// </summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="type">The annotated root class.</param>
    /// <param name="context">What the twins share.</param>
    public static void Write(CodeWriter writer, INamedTypeSymbol type, TwinContext context)
    {
        var own = type.GetMembers("Load").OfType<IMethodSymbol>().Select(m => m.Parameters.Length).ToArray();
        var constructors = type.InstanceConstructors
            .Where(
                c => c.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal
                    && c.Parameters.All(p => p.RefKind == RefKind.None && context.Types.Text(p.Type) is not null))
            .ToArray();
        foreach (var constructor in constructors)
        {
            foreach (var verified in new[] { false, true }.Where(v => !own.Contains(constructor.Parameters.Length + (v ? 2 : 1))))
            {
                WriteLoad(writer, type, constructor, context, verified);
            }
        }

        if (constructors.Any(c => c.Parameters.Length == 0))
        {
            return;
        }

        foreach (var constructor in constructors.Where(c => c.Parameters.Length == 1 && c.Parameters[0].Type is INamedTypeSymbol { IsRecord: true }).Take(1))
        {
            WriteLoadFromRecord(writer, type, constructor, context, own);
        }
    }

    private static void WriteLoad(CodeWriter writer, INamedTypeSymbol type, IMethodSymbol constructor, TwinContext context, bool verified)
    {
        var path = Unused("path", constructor);
        var verify = Unused("verify", constructor);
        var model = Unused("model", constructor);
        var parameters = string.Concat(
            constructor.Parameters.Select(p => $", {(p.IsParams ? "params " : "")}{context.Types.Text(p.Type)} {Identifiers.Escape(p.Name)}{Default(p)}"));
        WriteSummary(writer, "Makes the model and fills it from a checkpoint.", path, verified ? verify : null);
        using (writer.Open($"{Signature(Self(type, context), constructor, path, verified ? verify : null)}{parameters})"))
        {
            writer.Line(
                $"var {model} = new {Self(type, context)}({string.Join(", ", constructor.Parameters.Select(p => Identifiers.Escape(p.Name)))});");
            writer.Line($"global::{TwinNames.CheckpointLoader}.Load({model}, {path}{(verified ? $", {verify}" : "")});");
            writer.Line($"return {model};");
        }
    }

    private static void WriteLoadFromRecord(CodeWriter writer, INamedTypeSymbol type, IMethodSymbol constructor, TwinContext context, int[] own)
    {
        var record = (INamedTypeSymbol)constructor.Parameters[0].Type;
        var main = record.InstanceConstructors
            .Where(c => c.DeclaredAccessibility == Accessibility.Public && !IsCopy(c))
            .OrderByDescending(c => c.Parameters.Length)
            .FirstOrDefault();
        if (main is null || main.Parameters.Any(p => Getter(p.Type) is null && !p.IsOptional))
        {
            return;
        }

        var others = record.GetMembers().OfType<IPropertySymbol>()
            .Where(p => !p.IsStatic && p.SetMethod is { DeclaredAccessibility: Accessibility.Public } && main.Parameters.All(q => q.Name != p.Name))
            .ToArray();
        if (others.Any(p => p.IsRequired && Getter(p.Type) is null))
        {
            return;
        }

        foreach (var verified in new[] { false, true }.Where(v => !own.Contains(v ? 2 : 1)))
        {
            WriteSummary(writer, "Makes the model with the values that the checkpoint has, and fills it.", "path", verified ? "verify" : null);
            using (writer.Open($"{Signature(Self(type, context), constructor, "path", verified ? "verify" : null)})"))
            {
                using (writer.Open($"var model = global::{TwinNames.CheckpointConfig}.Open(path).Construct(static values =>", ");"))
                {
                    WriteRecord(writer, context.Types.Text(record)!.TrimEnd('?'), main, others);
                    writer.Line($"return new {Self(type, context)}(config);");
                }

                writer.Line($"global::{TwinNames.CheckpointLoader}.Load(model, path{(verified ? ", verify" : "")});");
                writer.Line("return model;");
            }
        }
    }

    private static void WriteSummary(CodeWriter writer, string summary, string path, string? verify)
    {
        writer.Line();
        writer.Line($"/// <summary>{summary}</summary>");
        writer.Line($"/// <param name=\"{path}\">A safetensors file, plain or packed, the index of its shards, or a folder with one of either.</param>");
        if (verify is not null)
        {
            writer.Line($"/// <param name=\"{verify}\">How much of the checkpoint is held against its checksums.</param>");
        }
    }

    // The twin as its own members name it.
    private static string Self(INamedTypeSymbol type, TwinContext context) => context.Marked.NameOf(type)
        + (type.Arity == 0 ? "" : $"<{string.Join(", ", type.TypeParameters.Select(p => Identifiers.Escape(p.Name)))}>");

    // The beginning of a method's head; further parameters and the closing parenthesis follow.
    private static string Signature(string self, IMethodSymbol constructor, string path, string? verify) =>
        $"{AccessOf(constructor)} static {self} Load(string {path}{(verify is null ? "" : $", global::{TwinNames.Verify} {verify}")}";

    private static void WriteRecord(CodeWriter writer, string record, IMethodSymbol constructor, IPropertySymbol[] others)
    {
        var arguments = constructor.Parameters.Where(p => Getter(p.Type) is not null).Select(p => $"{Identifiers.Escape(p.Name)}: {Value(p)}");
        var required = others.Where(p => p.IsRequired).Select(p => $"{Identifiers.Escape(p.Name)} = {Read(p.Name, p.Type)}").ToArray();
        writer.Line($"var config = new {record}(");
        writer.Line("    " + string.Join(",\n    ", arguments) + (required.Length > 0 ? $") {{ {string.Join(", ", required)} }};" : ");"));
        foreach (var property in others.Where(p => !p.IsRequired && Getter(p.Type) is not null))
        {
            using (writer.Open($"if (values.Contains({Key(property.Name)}))"))
            {
                writer.Line($"config = config with {{ {Identifiers.Escape(property.Name)} = {Read(property.Name, property.Type)} }};");
            }

            writer.Line();
        }
    }

    private static string Value(IParameterSymbol parameter) => parameter.IsOptional
        ? $"values.Contains({Key(parameter.Name)}) ? {Read(parameter.Name, parameter.Type)} : {Constant(parameter)}"
        : Read(parameter.Name, parameter.Type);

    private static string Read(string name, ITypeSymbol type) => $"values.{Getter(type)}({Key(name)})";

    private static string Key(string name) => Literals.Of(StateNames.SnakeCase(name));

    private static string? Getter(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_Int32 => "GetInt32",
        SpecialType.System_Int64 => "GetInt64",
        SpecialType.System_Single => "GetSingle",
        SpecialType.System_Double => "GetDouble",
        SpecialType.System_Boolean => "GetBoolean",
        SpecialType.System_String => "GetString",
        _ => null,
    };

    private static bool IsCopy(IMethodSymbol constructor) =>
        constructor.Parameters.Length == 1 && SymbolEqualityComparer.Default.Equals(constructor.Parameters[0].Type, constructor.ContainingType);

    private static string Default(IParameterSymbol parameter) => parameter.HasExplicitDefaultValue ? " = " + Constant(parameter) : "";

    private static string Constant(IParameterSymbol parameter) => parameter.ExplicitDefaultValue switch
    {
        null => "default",
        var value when parameter.Type.TypeKind == TypeKind.Enum => $"({parameter.Type.Qualified()})({Literals.OfPrimitive(value)})",
        var value => Literals.OfPrimitive(value),
    };

    private static string AccessOf(IMethodSymbol constructor) =>
        constructor.DeclaredAccessibility == Accessibility.Public ? "public" : "internal";

    // A name that no parameter has.
    private static string Unused(string name, IMethodSymbol constructor)
    {
        while (constructor.Parameters.Any(p => p.Name == name))
        {
            name = "_" + name;
        }

        return name;
    }
}
