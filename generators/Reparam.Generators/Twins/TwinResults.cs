using System.Threading;
using Reparam.Generators.Common;

namespace Reparam.Generators.Twins;

/// <summary>
/// What was made of compilations. An analyzer sees the user's files in another compilation, with what was emitted from them: it finds here what the generator
/// made of the same files, so that nothing is bound twice. So does the generator after an edit that concerns no twin.
/// </summary>
internal static class TwinResults
{
    /// <summary>The twins of a compilation.</summary>
    /// <param name="context">The compilation's context.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static TwinResult Of(TwinContext context, CancellationToken cancellation) =>
        Remembered<TwinResult>.Get(context.Compilation, anchor: null, "", () => context.Twins.Result(cancellation), cancellation)!;
}
