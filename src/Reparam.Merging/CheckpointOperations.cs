using System.Collections.Immutable;
using System.Reflection;
using Reparam.Build.Text;
using Reparam.Merging.Dare;
using Reparam.Merging.Linear;
using Reparam.Merging.TaskArithmetic;
using Reparam.Merging.Ties;

namespace Reparam.Merging;

/// <summary>The checkpoint operations that there are. The verb <c>reparam merge</c> and the build item <c>ReparamMerge</c> know them from here alone.</summary>
public static class CheckpointOperations
{
    private static readonly Lock Gate = new();

    /// <summary>All operations in the order of their names: those of this library, and those that were registered.</summary>
    public static ImmutableArray<CheckpointOperation> All { get; private set; } =
    [
        Of(DareMerge.Merge),
        Of(LinearMerge.Merge),
        Of(TaskArithmeticMerge.Merge),
        Of(TiesMerge.Merge),
    ];

    /// <summary>Finds an operation by its name; null where there is none.</summary>
    public static CheckpointOperation? Find(string name) => All.FirstOrDefault(operation => operation.Name == name);

    /// <summary>
    /// Adds the operations of an assembly: its public static methods that are marked with <see cref="CheckpointOperationAttribute"/>. Doing it again
    /// changes nothing.
    /// </summary>
    /// <returns>What the assembly holds.</returns>
    /// <exception cref="ArgumentException">A marked method is no operation, or its name is another operation's.</exception>
    public static ImmutableArray<CheckpointOperation> Register(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        ImmutableArray<CheckpointOperation> found =
        [
            .. PublicTypes(assembly)
                .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
                .Where(method => method.IsDefined(typeof(CheckpointOperationAttribute)))
                .Select(method => new CheckpointOperation(method)),
        ];
        foreach (var operation in found)
        {
            Register(operation);
        }

        return found;
    }

    // A library may have classes that need libraries which are not here, such as those of training: what can be loaded is looked at.
    private static IEnumerable<Type> PublicTypes(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes().Where(type => type.IsVisible);
        }
        catch (ReflectionTypeLoadException exception)
        {
            return exception.Types.OfType<Type>().Where(type => type.IsVisible);
        }
    }

    /// <summary>Adds one operation. Doing it again changes nothing.</summary>
    /// <exception cref="ArgumentException">Its name is another operation's.</exception>
    public static void Register(CheckpointOperation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        lock (Gate)
        {
            if (Find(operation.Name) is not { } known)
            {
                All = [.. All.Append(operation).OrderBy(each => each.Name, StringComparer.Ordinal)];
            }
            else if (!known.IsSame(operation))
            {
                throw new ArgumentException($"{operation.Place} has the name '{operation.Name}', which {known.Place} has; take another name");
            }
        }
    }

    /// <summary>What to say of a name that no operation has.</summary>
    internal static string Unknown(string name) =>
        $"there is no method '{name}'{(NearestName.Of(name, All.Select(operation => operation.Name)) is { } near ? $" (did you mean {near}?)" : "")}; " +
        $"known: {string.Join(", ", All.Select(operation => operation.Name))}";

    private static CheckpointOperation Of(Delegate method) => new(method.Method);
}
