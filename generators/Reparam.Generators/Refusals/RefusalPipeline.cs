using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reparam.Generators.Refusals;

/// <summary>
/// Keeps our own reports visible. A partial property without implementation is an error of declaration, and after one of those the compiler
/// runs no analyzer: the user would read CS9248 and never what is wrong with the class. So what cannot be implemented gets a part that throws.
/// </summary>
internal static class RefusalPipeline
{
    /// <summary>Adds the steps and outputs to the generator.</summary>
    /// <param name="context">The generator's context.</param>
    public static void Register(IncrementalGeneratorInitializationContext context)
    {
        var refused = context.SyntaxProvider
            .CreateSyntaxProvider(
                static (node, _) => node is PropertyDeclarationSyntax property && property.Modifiers.Any(m => m.Text == "partial"),
                static (found, token) => RefusedPropertyParser.Parse(found, token))
            .Where(static property => property is not null)
            .Select(static (property, _) => property!);

        context.RegisterSourceOutput(refused.Where(static property => property.Part is not null), static (output, property) =>
            output.AddSource(property.HintName, property.Part!));

        // Once a class, however many of its properties are concerned.
        context.RegisterSourceOutput(
            refused.Select(static (property, _) => property.Report).Where(static report => report is not null).Collect(),
            static (output, reports) =>
            {
                foreach (var report in reports.Distinct())
                {
                    output.ReportDiagnostic(report!.ToDiagnostic());
                }
            });
    }
}
