using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Reparam.Cli.Machine;

/// <summary>
/// TorchSharp and libtorch in a folder that the user names: the output of any program that trains. The command does not depend on them, so they are loaded
/// by name.
/// </summary>
internal static class LibtorchFolder
{
    /// <summary>Loads TorchSharp.dll and the libraries beside it, and calls one function of libtorch.</summary>
    /// <param name="folder">A folder with TorchSharp.dll, and the native libraries in it or in <c>runtimes/*/native</c> below.</param>
    /// <returns>Version of TorchSharp.</returns>
    /// <exception cref="FileNotFoundException">There is no TorchSharp.dll, or no libLibTorchSharp.</exception>
    /// <exception cref="DllNotFoundException">A native library cannot be loaded; the message says why.</exception>
    public static string Load(string folder)
    {
        var context = new LoadContext(Path.GetFullPath(folder));
        var file = Path.Combine(Path.GetFullPath(folder), "TorchSharp.dll");
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"there is no TorchSharp.dll in {folder}", file);
        }

        // Tried first: where it fails, TorchSharp would copy all of libtorch into a folder of its own and try again.
        context.LoadNative("LibTorchSharp");
        var assembly = context.LoadFromAssemblyPath(file);
        assembly.GetType("TorchSharp.torch", throwOnError: true)!.GetMethod("set_num_threads", [typeof(int)])!.Invoke(null, [1]);
        return assembly.GetName().Version?.ToString(3) ?? "?";
    }

    private sealed class LoadContext(string folder) : AssemblyLoadContext("TorchSharp")
    {
        public nint LoadNative(string name) => NativeFile(name) is { } file
            ? NativeLibrary.Load(file)
            : throw new FileNotFoundException($"there is no native library {name} in {folder}");

        protected override Assembly? Load(AssemblyName assemblyName) =>
            Path.Combine(folder, $"{assemblyName.Name}.dll") is var file && File.Exists(file) ? LoadFromAssemblyPath(file) : null;

        protected override nint LoadUnmanagedDll(string unmanagedDllName) => NativeFile(unmanagedDllName) is { } file ? NativeLibrary.Load(file) : 0;

        private string? NativeFile(string name) => (
            from place in (string[])[folder, Path.Combine(folder, "runtimes", RuntimeInformation.RuntimeIdentifier, "native")]
            from file in (string[])[$"lib{name}.so", $"{name}.dll", $"lib{name}.dylib", name]
            select Path.Combine(place, file)).FirstOrDefault(File.Exists);
    }
}
