using System;
using System.Linq;
using System.Reflection;

namespace Reparam.Generators.Diagnostics;

/// <summary>
/// Where an editor finds the pages of diagnostics: in the repository that the package was built from, which <c>-p:RepositoryUrl=…</c> tells the build, or
/// else in the folder <c>docs/diagnostics</c> of the package itself.
/// </summary>
internal static class HelpLinks
{
    private static readonly string? Repository = typeof(HelpLinks).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(a => a.Key == "RepositoryUrl")?.Value;

    /// <summary>The page of a diagnostic; null where no repository is known and the analyzers do not lie in their package.</summary>
    /// <param name="id">Its id, such as RP0001.</param>
    public static string? Of(string id) => Of(Repository, id) ?? InPackage(typeof(HelpLinks).Assembly.Location, id);

    /// <summary>The page of a diagnostic in the package of the analyzers; null where they lie elsewhere, as an editor's copy of them does.</summary>
    /// <param name="assembly">Path of the analyzers' assembly.</param>
    /// <param name="id">Id of the diagnostic.</param>
    public static string? InPackage(string assembly, string id)
    {
        var end = assembly.Replace('\\', '/').LastIndexOf("/analyzers/dotnet/", StringComparison.Ordinal);
        return end < 0 ? null : new Uri($"{assembly.Substring(0, end)}/docs/diagnostics/{id}.md").AbsoluteUri;
    }

    /// <summary>The page of a diagnostic in a repository, or null where that is not at an absolute address of the web.</summary>
    /// <param name="repository">Address of the repository, with or without <c>.git</c>.</param>
    /// <param name="id">Id of the diagnostic.</param>
    public static string? Of(string? repository, string id)
    {
        var address = repository?.TrimEnd('/') ?? "";
        address = address.EndsWith(".git", StringComparison.OrdinalIgnoreCase) ? address.Substring(0, address.Length - 4) : address;
        return Uri.TryCreate(address, UriKind.Absolute, out var page) && (page.Scheme == Uri.UriSchemeHttps || page.Scheme == Uri.UriSchemeHttp)
            ? $"{address}/blob/main/docs/diagnostics/{id}.md"
            : null;
    }
}
