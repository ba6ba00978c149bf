using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reparam.Generators.Common;

/// <summary>
/// One semantic model a file and compilation, for all who ask. A model keeps what it has bound, and
/// <see cref="Compilation.GetSemanticModel(SyntaxTree, bool)"/>
/// makes a new one at each call: without this, every step would bind the bodies again, which is nearly all of its cost.
/// </summary>
internal static class SemanticModels
{
    private static readonly ConditionalWeakTable<Compilation, ConcurrentDictionary<SyntaxTree, FileModel>> Models = new();

    /// <summary>The model of a file.</summary>
    /// <param name="compilation">A compilation that has the file.</param>
    /// <param name="tree">The file.</param>
    public static SemanticModel ModelOf(this Compilation compilation, SyntaxTree tree) => compilation.FileModelOf(tree).Model;

    /// <summary>
    /// The model of a file whose bodies are bound: for whoever looks up names in them. A model that is asked for a name first binds the statement around it,
    /// and binds it again when the operations of the body are asked for; the other way round it finds the name in what it has.
    /// </summary>
    /// <param name="compilation">A compilation that has the file.</param>
    /// <param name="tree">The file.</param>
    public static SemanticModel BoundModelOf(this Compilation compilation, SyntaxTree tree) => compilation.FileModelOf(tree).Bound.Value;

    private static FileModel FileModelOf(this Compilation compilation, SyntaxTree tree) =>
        Models.GetValue(compilation, static _ => new ConcurrentDictionary<SyntaxTree, FileModel>())
            .GetOrAdd(tree, t => new FileModel(compilation.GetSemanticModel(t)));

    private sealed class FileModel
    {
        public FileModel(SemanticModel model)
        {
            Model = model;
            Bound = new Lazy<SemanticModel>(Bind);
        }

        public SemanticModel Model { get; }

        public Lazy<SemanticModel> Bound { get; }

        private SemanticModel Bind()
        {
            foreach (var body in Model.SyntaxTree.GetRoot().DescendantNodes(IsOutsideOfBodies).Where(HasBody))
            {
                Model.GetOperation(body);
            }

            return Model;
        }

        private static bool IsOutsideOfBodies(SyntaxNode node) => node is not (AttributeListSyntax or BlockSyntax or ExpressionSyntax) && !HasBody(node);

        private static bool HasBody(SyntaxNode node) => node is BaseMethodDeclarationSyntax
            or AccessorDeclarationSyntax { Body: not null } or AccessorDeclarationSyntax { ExpressionBody: not null }
            or ArrowExpressionClauseSyntax { Parent: BasePropertyDeclarationSyntax }
            or EqualsValueClauseSyntax { Parent: PropertyDeclarationSyntax or VariableDeclaratorSyntax { Parent.Parent: FieldDeclarationSyntax } };
    }
}
