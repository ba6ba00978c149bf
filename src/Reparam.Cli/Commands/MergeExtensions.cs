using System.Reflection;
using Reparam.Checkpoints;
using Reparam.Merging;

namespace Reparam.Cli.Commands;

/// <summary>Assemblies of the user's own that hold checkpoint operations.</summary>
internal static class MergeExtensions
{
    /// <summary>The option's name.</summary>
    public const string Name = "--extension";

    /// <summary>Those that a command line names. Their operations bring options, so they are needed before it is parsed.</summary>
    public static IEnumerable<string> On(string[] arguments)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == Name && i + 1 < arguments.Length)
            {
                yield return arguments[i + 1];
            }
            else if (arguments[i].StartsWith(Name + "=", StringComparison.Ordinal))
            {
                yield return arguments[i][(Name.Length + 1)..];
            }
        }
    }

    /// <summary>Loads assemblies and registers their operations.</summary>
    /// <exception cref="CheckpointException">A file is no assembly that can be loaded.</exception>
    /// <exception cref="CheckpointOperationException">RPB0177: a marked method is no operation, or has the name of another.</exception>
    public static void Load(IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            try
            {
                CheckpointOperations.Register(Assembly.LoadFrom(Path.GetFullPath(file)));
            }
            catch (ArgumentException exception)
            {
                throw new CheckpointOperationException(file, "RPB0177", exception.Message);
            }
            catch (Exception exception) when (exception is IOException or BadImageFormatException or ReflectionTypeLoadException)
            {
                throw new CheckpointOperationException(file, "RPB0177", $"the extension cannot be loaded: {exception.Message}");
            }
        }
    }
}
