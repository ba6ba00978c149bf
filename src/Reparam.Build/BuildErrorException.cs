using System;

namespace Reparam.Build;

/// <summary>A mistake of the user's that ends the plan: becomes a coded build error. docs/diagnostics has a page for each code.</summary>
/// <param name="code">The diagnostic's id, <c>RPB0001</c> to <c>RPB0099</c>.</param>
/// <param name="message">What was found and what was expected.</param>
internal sealed class BuildErrorException(string code, string message) : Exception(message)
{
    /// <summary>The diagnostic's id.</summary>
    public string Code { get; } = code;
}
