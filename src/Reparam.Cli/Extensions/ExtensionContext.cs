using System.Reflection;
using System.Runtime.Loader;

namespace Reparam.Cli.Extensions;

/// <summary>
/// Where an extension is loaded: what the tool has is the tool's, so that both know the same classes; all else comes from beside the extension.
/// </summary>
/// <param name="file">Full path of the extension.</param>
internal sealed class ExtensionContext(string file) : AssemblyLoadContext(Path.GetFileName(file))
{
    private readonly AssemblyDependencyResolver? resolver = File.Exists(Path.ChangeExtension(file, ".deps.json")) ? new AssemblyDependencyResolver(file) : null;

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name is not { } name || ExtensionLoader.IsOurs(name))
        {
            return null;
        }

        var found = resolver?.ResolveAssemblyToPath(assemblyName) ?? Path.Combine(Path.GetDirectoryName(file)!, name + ".dll");
        return File.Exists(found) ? LoadFromAssemblyPath(found) : null;
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        resolver?.ResolveUnmanagedDllToPath(unmanagedDllName) is { } found ? LoadUnmanagedDllFromPath(found) : 0;
}
