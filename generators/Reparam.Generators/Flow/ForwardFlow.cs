using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Reparam.Generators.Common;
using Reparam.Generators.Twins;

namespace Reparam.Generators.Flow;

/// <summary>
/// Follows the values through a forward as it is bound: from the parameters and the calls of components to what takes them. Helpers of the class are
/// followed into, both ways of a condition are taken, and a loop over a list of modules is run twice, so that the step from one element to the next is
/// seen. What it cannot follow raises doubt of the components concerned.
/// </summary>
internal sealed partial class ForwardFlow
{
    private const int MaxDepth = 16;
    private const int MaxOperations = 50_000;

    private readonly Compilation compilation;
    private readonly FlowComponents components;
    private readonly CancellationToken token;
    private readonly List<FlowSource> sources = [];
    private readonly Stack<IMethodSymbol> inside = new();
    private readonly HashSet<ISymbol> followed = new(SymbolEqualityComparer.Default);
    private Dictionary<ISymbol, FlowValue> locals = new(SymbolEqualityComparer.Default);
    private List<FlowValue> returned = [];
    private string context = "";
    private string? loopDoubt;
    private ILocalSymbol? counter;
    private bool isInListLoop;
    private int operations;

    private ForwardFlow(Compilation compilation, FlowComponents components, CancellationToken token)
    {
        this.compilation = compilation;
        this.components = components;
        this.token = token;
    }

    /// <summary>Follows every forward of a class.</summary>
    /// <param name="type">A marked class.</param>
    /// <param name="compilation">Its compilation.</param>
    /// <param name="components">Its modules; takes doubts and calls.</param>
    /// <param name="token">Stops the work.</param>
    /// <returns>Where values begin, in the order of the run.</returns>
    public static IReadOnlyList<FlowSource> Follow(INamedTypeSymbol type, Compilation compilation, FlowComponents components, CancellationToken token)
    {
        var flow = new ForwardFlow(compilation, components, token);
        foreach (var forward in Forwards(type, compilation))
        {
            flow.Run(forward);
        }

        flow.DoubtOutside(type);
        return flow.sources;
    }

    // The overrides of TorchSharp's forward that an object of the class has.
    private static IEnumerable<IMethodSymbol> Forwards(INamedTypeSymbol type, Compilation compilation)
    {
        var overridden = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        for (var owner = type; owner is not null && compilation.HasManifest(owner); owner = owner.BaseType)
        {
            foreach (var forward in owner.GetMembers("forward").OfType<IMethodSymbol>().Where(m => m.IsOverride && !m.IsAbstract && !overridden.Contains(m)))
            {
                overridden.Add(forward);
                for (var hidden = forward.OverriddenMethod; hidden is not null; hidden = hidden.OverriddenMethod)
                {
                    overridden.Add(hidden);
                }

                yield return forward;
            }
        }
    }

    private void Run(IMethodSymbol forward)
    {
        if (BodyOf(forward) is not { } body)
        {
            return;
        }

        locals = new(SymbolEqualityComparer.Default);
        returned = [];
        foreach (var parameter in forward.Parameters)
        {
            var source = new FlowSource(":" + parameter.Name, null);
            sources.Add(source);
            locals[parameter] = new FlowValue.Output(source);
        }

        followed.Add(forward);
        inside.Push(forward);
        Execute(body);
        inside.Pop();
        foreach (var value in returned)
        {
            Use(value, FlowUse.By(":return"), isConditional: returned.Count > 1);
        }
    }

    private IOperation? BodyOf(IMethodSymbol method)
    {
        if (method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(token) is not { } syntax || !compilation.ContainsSyntaxTree(syntax.SyntaxTree))
        {
            return null;
        }

        return compilation.ModelOf(syntax.SyntaxTree).GetOperation(syntax, token) switch
        {
            IMethodBodyOperation body => body.BlockBody ?? body.ExpressionBody,
            ILocalFunctionOperation local => local.Body,
            _ => null,
        };
    }

    // Records what becomes of a value at each of its sources.
    private static void Use(FlowValue value, FlowUse use, bool isConditional = false)
    {
        switch (value)
        {
            case FlowValue.Output output:
                output.Source.Add(isConditional ? use with { IsConditional = true } : use);
                break;
            case FlowValue.Choice choice:
                foreach (var one in choice.Values)
                {
                    Use(one, use, isConditional: true);
                }

                break;
            case FlowValue.Stepped stepped:
                Use(stepped.Of, use with { Step = Apply(stepped.Step, stepped.Of, use) }, isConditional);
                break;
            case FlowValue.Elements tuple:
                foreach (var one in tuple.Values)
                {
                    Use(one, use.Kind == FlowUseKind.Feeds && use.Target != ":return" ? FlowUse.Else : use, isConditional);
                }

                break;
            case FlowValue.Callee callee:
                callee.Component.Doubt("it is handed on");
                break;
        }
    }

    // A step says something only where a list is at that end of the edge.
    private static FlowStep Apply(FlowStep step, FlowValue of, FlowUse use)
    {
        var fromList = of is FlowValue.Output { Source.Port: var port } && port.Contains("*");
        var toList = use.Target.Contains("*");
        return step switch
        {
            FlowStep.First when toList => step,
            FlowStep.Next when toList && (fromList || of is not FlowValue.Output) => step,
            FlowStep.Next when toList => FlowStep.First,
            FlowStep.Last when fromList => step,
            _ => use.Step,
        };
    }

    // The ports of a value, through sums.
    private static IEnumerable<string> Ports(FlowValue value) => value switch
    {
        FlowValue.Output output => [output.Source.Port],
        FlowValue.Sum sum => Ports(sum.Left).Concat(Ports(sum.Right)),
        FlowValue.Stepped stepped => Ports(stepped.Of),
        FlowValue.Choice choice => choice.Values.SelectMany(Ports),
        _ => [],
    };

    // Components that other members use: there the flow is not known.
    private void DoubtOutside(INamedTypeSymbol type)
    {
        var byName = components.Members.ToLookup(m => m.Key.Name, m => m.Value);
        for (var owner = type; owner is not null && compilation.HasManifest(owner); owner = owner.BaseType)
        {
            var parts = owner.DeclaringSyntaxReferences.Select(r => r.GetSyntax(token)).OfType<TypeDeclarationSyntax>();
            foreach (var member in parts.SelectMany(part => part.Members))
            {
                token.ThrowIfCancellationRequested();
                if (member is FieldDeclarationSyntax || !compilation.ContainsSyntaxTree(member.SyntaxTree))
                {
                    continue;
                }

                var names = member.DescendantNodes().OfType<IdentifierNameSyntax>().Where(name => byName.Contains(name.Identifier.ValueText)
                    && (member is not ConstructorDeclarationSyntax || IsRunLater(name))).ToArray();
                if (names.Length == 0)
                {
                    continue;
                }

                var model = compilation.ModelOf(member.SyntaxTree);
                if (model.GetDeclaredSymbol(member, token) is not { } symbol || followed.Contains(symbol))
                {
                    continue;
                }

                foreach (var name in names)
                {
                    if (model.GetSymbolInfo(name, token).Symbol is { } used && components.Of(used) is { } component && !IsNameAlone(name))
                    {
                        component.Doubt(member is ConstructorDeclarationSyntax ? "a function of the constructor uses it" : $"'{symbol.Name}' uses it too");
                    }
                }
            }
        }
    }

    // What a constructor itself does with a module is done before a forward runs; a function that it makes may run the module or give it on.
    private static bool IsRunLater(IdentifierNameSyntax name) =>
        name.Ancestors().TakeWhile(node => node is not ConstructorDeclarationSyntax)
            .Any(node => node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)
        && (name.Parent is MemberAccessExpressionSyntax { Name: var own } qualified && own == name ? qualified.Parent : name.Parent)
            is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: not ("call" or "forward") };

    private static bool IsNameAlone(SyntaxNode name) =>
        name.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } } };
}
