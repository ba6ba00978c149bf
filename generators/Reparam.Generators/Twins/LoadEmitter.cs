using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;

namespace Reparam.Generators.Twins;

/// <summary>Writes the root's <c>Load</c> methods.</summary>
internal static class LoadEmitter
{
    /// <summary>Writes one <c>Load</c> for each public constructor, and the one that reads the constructor's record from the checkpoint.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="type">The annotated root class.</param>
    /// <param name="context">What the twins share.</param>
    public static void Write(CodeWriter writer, INamedTypeSymbol type, TwinContext context)
    {
    }
}
