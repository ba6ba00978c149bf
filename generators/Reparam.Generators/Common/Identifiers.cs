using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace Reparam.Generators.Common;

/// <summary>Identifiers of emitted code.</summary>
internal static class Identifiers
{
    /// <summary>The name with a small first letter, escaped where it is a keyword: <c>LoraA</c> → <c>loraA</c>, <c>Base</c> → <c>@base</c>.</summary>
    public static string Camel(string name) => Escape(char.ToLowerInvariant(name[0]) + name.Substring(1));

    /// <summary>The name with a capital first letter and no <c>@</c>.</summary>
    public static string Pascal(string name)
    {
        var bare = name.TrimStart('@');
        return char.ToUpperInvariant(bare[0]) + bare.Substring(1);
    }

    /// <summary>The name with <c>@</c> where it is a keyword.</summary>
    public static string Escape(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;

    /// <summary>The name of a type with <c>@</c> where it is a keyword, or one in some places, as <c>record</c> and <c>required</c> are.</summary>
    public static string EscapeType(string name) => SyntaxFacts.GetContextualKeywordKind(name) == SyntaxKind.None ? Escape(name) : "@" + name;

    /// <summary>The name with a small first letter, as it is compared with parameter names.</summary>
    public static string CamelUnescaped(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);

    /// <summary>
    /// The words of a name: a word starts at an upper-case letter, and capitals that follow a word of one or two letters belong to it, so that an acronym
    /// in mixed case is one word. <c>SigmaReparam</c> → Sigma, Reparam; <c>LoRA</c> → Lora; <c>AdaLoRA</c> → Ada, Lora.
    /// </summary>
    /// <param name="name">A C# identifier.</param>
    public static string Words(string name)
    {
        var words = new StringBuilder(name.Length);
        var length = 0;
        for (var i = 0; i < name.Length; i++)
        {
            var isCapital = char.IsUpper(name[i]);
            var starts = isCapital && i > 0 && (char.IsLower(name[i - 1]) || char.IsDigit(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            var isAcronym = starts && length <= 2 && i + 1 < name.Length && char.IsUpper(name[i + 1]);
            length = starts && !isAcronym ? 1 : length + 1;
            words.Append(i == 0 || (starts && !isAcronym) ? char.ToUpperInvariant(name[i]) : char.ToLowerInvariant(name[i]));
        }

        return words.ToString();
    }

    /// <summary>An assembly's name as a namespace: characters that no identifier has become underscores.</summary>
    /// <param name="assemblyName">Name of an assembly; dots separate parts.</param>
    public static string Namespace(string assemblyName)
    {
        var parts = assemblyName.Split('.');
        for (var i = 0; i < parts.Length; i++)
        {
            var part = new StringBuilder();
            foreach (var c in parts[i])
            {
                part.Append(SyntaxFacts.IsIdentifierPartCharacter(c) ? c : '_');
            }

            if (part.Length == 0 || !SyntaxFacts.IsIdentifierStartCharacter(part[0]))
            {
                part.Insert(0, '_');
            }

            parts[i] = Escape(part.ToString());
        }

        return string.Join(".", parts);
    }
}
