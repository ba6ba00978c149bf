using System.Linq;
using Microsoft.CodeAnalysis;

namespace Reparam.Generators.Common;

/// <summary>The attribute that emitted types and members have.</summary>
internal static class GeneratedCode
{
    /// <summary>The generator's version, as three numbers.</summary>
    public static readonly string Version = typeof(GeneratedCode).Assembly.GetName().Version.ToString(3);

    /// <summary><c>[ExcludeFromCodeCoverage]</c>: a user's tests are measured by the user's code.</summary>
    public const string NotCovered = "[global::System.Diagnostics.CodeAnalysis.ExcludeFromCodeCoverage]";

    /// <summary><c>[GeneratedCode]</c> with name and version.</summary>
    public static readonly string Attribute = $"[global::System.CodeDom.Compiler.GeneratedCode(\"Reparam.Generators\", \"{Version}\")]";

    /// <summary>True for a member that the generator emitted.</summary>
    public static bool IsEmitted(ISymbol member) => member.GetAttributes().Any(a => a.AttributeClass?.Name == "GeneratedCodeAttribute"
        && a.ConstructorArguments.Length == 2 && a.ConstructorArguments[0].Value is "Reparam.Generators");
}
