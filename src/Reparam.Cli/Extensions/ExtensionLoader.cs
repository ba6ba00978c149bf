using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Methods;
using Reparam.Compression.Steps;
using Reparam.Compression.Structures;
using Reparam.Merging;

namespace Reparam.Cli.Extensions;

/// <summary>Registers what assemblies of other people bring: their public classes of every kind that can be registered.</summary>
internal static class ExtensionLoader
{
    private const string OwnNames = "Reparam.";

    private static readonly Lock Gate = new();
    private static readonly HashSet<string> Loaded = new(StringComparer.Ordinal);

    /// <summary>What an extension may bring: a base class, and what becomes of an object of a class derived from it.</summary>
    private static readonly ImmutableArray<(Type Kind, string Name, Action<object> Register)> Kinds =
    [
        (typeof(PostTrainingMethod), "a post-training method", part => PostTrainingMethods.Register((PostTrainingMethod)part)),
        (typeof(PackedFormat), "a packed format", part => PackedFormats.Register((PackedFormat)part)),
        (typeof(PlanStep), "a step of plans", part => PlanSteps.Register((PlanStep)part)),
        (typeof(StructureMethod), "a structure method", part => StructureMethods.Register((StructureMethod)part)),
    ];

    /// <summary>Loads assemblies, each once, and registers their methods.</summary>
    /// <param name="files">Paths.</param>
    /// <exception cref="CompressionException">
    /// RPB0115: a file is no .NET assembly, was built for another version, brings nothing, or brings what is there already.
    /// </exception>
    /// <exception cref="CheckpointOperationException">RPB0177: a marked method is no operation, or has the name of another.</exception>
    public static void Load(IEnumerable<string> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        lock (Gate)
        {
            foreach (var file in files.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal).Where(file => !Loaded.Contains(file)))
            {
                try
                {
                    Load(file);
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or BadImageFormatException)
                {
                    throw Refuse(file, exception.Message);
                }

                Loaded.Add(file);
            }
        }
    }

    private static void Load(string file)
    {
        if (!File.Exists(file))
        {
            throw Refuse(file, Directory.Exists(file) ? "it is a folder; expected a .NET assembly" : "there is no such file");
        }

        RequireAssembly(file);
        var assembly = new ExtensionContext(file).LoadFromAssemblyPath(file);
        var found = false;
        foreach (var type in PublicTypes(file, assembly))
        {
            foreach (var (_, name, register) in Kinds.Where(kind => kind.Kind.IsAssignableFrom(type)))
            {
                Register(file, type, name, register);
                found = true;
            }
        }

        if (!RegisterOperations(file, assembly) && !found)
        {
            throw Refuse(file, $"it has no public class that is {string.Join(" or ", Kinds.Select(kind => kind.Name))}, and no checkpoint operation");
        }
    }

    private static bool RegisterOperations(string file, Assembly assembly)
    {
        try
        {
            return !CheckpointOperations.Register(assembly).IsEmpty;
        }
        catch (ArgumentException exception)
        {
            throw new CheckpointOperationException(file, "RPB0177", exception.Message);
        }
        catch (Exception exception) when (exception is FileNotFoundException or FileLoadException or TypeLoadException)
        {
            // A class of training that cannot be loaded here; a merge says more of it.
            return false;
        }
    }

    private static void Register(string file, Type type, string kind, Action<object> register)
    {
        if (type.GetConstructor(Type.EmptyTypes) is not { } constructor)
        {
            throw Refuse(file, $"{type.FullName} is {kind} and has no public constructor without parameters");
        }

        try
        {
            register(constructor.Invoke(null));
        }
        catch (Exception exception) when (exception is TargetInvocationException or ArgumentException)
        {
            throw Refuse(file, $"{type.FullName} is {kind} and cannot be registered: {Innermost(exception).Message}");
        }
    }

    // A class of training may need libraries that a build has not: what can be loaded is looked at.
    private static IEnumerable<Type> PublicTypes(string file, Assembly assembly)
    {
        Type?[] types;
        try
        {
            types = assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException exception) when (exception.Types.Any(type => type is not null))
        {
            types = exception.Types;
        }
        catch (ReflectionTypeLoadException exception)
        {
            throw Refuse(file, $"none of its classes can be loaded: {exception.LoaderExceptions.OfType<Exception>().FirstOrDefault()?.Message}");
        }

        return types.OfType<Type>().Where(type => type is { IsVisible: true, IsAbstract: false, ContainsGenericParameters: false });
    }

    // The tool's own assemblies are shared with the extension, so their versions must go together; told before the loader would fail.
    private static void RequireAssembly(string file)
    {
        using var stream = File.OpenRead(file);
        using var image = new PEReader(stream);
        if (!image.HasMetadata || image.GetMetadataReader() is not { IsAssembly: true } metadata)
        {
            throw Refuse(file, "it is no .NET assembly");
        }

        var own = typeof(PostTrainingMethod).Assembly.GetName().Version!;
        foreach (var reference in metadata.AssemblyReferences.Select(metadata.GetAssemblyReference))
        {
            var name = metadata.GetString(reference.Name);
            if (name.StartsWith(OwnNames, StringComparison.Ordinal) && IsOurs(name)
                && (reference.Version.Major, reference.Version.Minor) != (own.Major, own.Minor))
            {
                throw Refuse(
                    file, $"it was built with {name} {reference.Version.ToString(3)}, and this tool is {own.ToString(3)}: build it with the same version of "
                        + "Reparam.Sdk");
            }
        }
    }

    /// <summary>Whether an assembly is one of the tool's.</summary>
    internal static bool IsOurs(string name) => File.Exists(Path.Combine(AppContext.BaseDirectory, name + ".dll"));

    private static Exception Innermost(Exception exception) =>
        exception is TargetInvocationException or TypeInitializationException && exception.InnerException is { } inner ? Innermost(inner) : exception;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static CompressionException Refuse(string file, string why) => new(file, CompressionDiagnostics.UnusableExtension.With(why));
}
