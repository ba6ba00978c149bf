namespace Reparam.Generators.Diagnostics;

/// <summary>Where an editor finds the pages of diagnostics.</summary>
internal static class HelpLinks
{
    /// <summary>The folder of the pages: the one line to change when the repository moves.</summary>
    public const string Root = "https://github.com/reparam/Reparam.Sdk/blob/main/docs/diagnostics/";

    /// <summary>The page of a diagnostic.</summary>
    /// <param name="id">Its id, such as RP0001.</param>
    public static string Of(string id) => $"{Root}{id}.md";
}
