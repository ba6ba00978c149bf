using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Reparam.Generators.Common;

/// <summary>
/// The compilation in which bodies are bound: the same files without warnings about null. Following values that may be null through a body is work that tells
/// nothing of what is emitted.
/// </summary>
internal static class BoundCompilation
{
    private static readonly ConditionalWeakTable<Compilation, Compilation> Known = new();

    /// <summary>The compilation to bind in; the same one each time. Its symbols are not those of the compilation that it is made from.</summary>
    /// <param name="compilation">A compilation of the annotated code, or one that this method gave.</param>
    public static Compilation Of(Compilation compilation) =>
        compilation is CSharpCompilation csharp && csharp.Options.NullableContextOptions.WarningsEnabled()
            ? Known.GetValue(csharp, static c => c.WithOptions(WithoutWarnings((CSharpCompilationOptions)c.Options)))
            : compilation;

    private static CSharpCompilationOptions WithoutWarnings(CSharpCompilationOptions options) => options.WithNullableContextOptions(
        options.NullableContextOptions.AnnotationsEnabled() ? NullableContextOptions.Annotations : NullableContextOptions.Disable);
}
