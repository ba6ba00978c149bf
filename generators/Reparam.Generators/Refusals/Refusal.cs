using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Reparam.Generators.Common;

namespace Reparam.Generators.Refusals;

/// <summary>A report that can be compared: locations of Roslyn hold on to their tree.</summary>
/// <param name="Descriptor">What is reported.</param>
/// <param name="Arguments">Arguments of its message.</param>
/// <param name="File">The source file.</param>
/// <param name="Span">The place in it.</param>
/// <param name="Lines">The same by lines.</param>
internal sealed record Refusal(DiagnosticDescriptor Descriptor, EquatableArray<string> Arguments, string File, TextSpan Span, LinePositionSpan Lines)
{
    /// <summary>Describes a report.</summary>
    public static Refusal At(Location location, DiagnosticDescriptor descriptor, params string[] arguments) =>
        new(descriptor, arguments.ToEquatableArray(), location.SourceTree?.FilePath ?? "", location.SourceSpan, location.GetLineSpan().Span);

    /// <summary>The diagnostic.</summary>
    public Diagnostic ToDiagnostic()
    {
        var arguments = new object[Arguments.Count];
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = Arguments[i];
        }

        return Diagnostic.Create(Descriptor, Location.Create(File, Span, Lines), arguments);
    }
}
