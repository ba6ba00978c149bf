using System.Collections.Immutable;
using Reparam.Build.Text;
using Reparam.Compression.ShiftAdd;
using Reparam.Compression.Uniform;

namespace Reparam.Compression.Methods;

/// <summary>The post-training methods that there are.</summary>
public static class PostTrainingMethods
{
    private static ImmutableArray<PostTrainingMethod> methods =
    [
        new ShiftAddMethod(),
        new UniformMethod(),
    ];

    /// <summary>All of them: ours, then those that were registered.</summary>
    public static ImmutableArray<PostTrainingMethod> All => methods;

    /// <summary>Adds a method of another assembly. Adding an object of a class that is there already does nothing.</summary>
    /// <param name="method">The method.</param>
    /// <exception cref="ArgumentException">Another method has its name or its attribute.</exception>
    public static void Register(PostTrainingMethod method)
    {
        ArgumentNullException.ThrowIfNull(method);
        ImmutableInterlocked.Update(ref methods, known =>
        {
            if (known.Any(other => other.GetType() == method.GetType()))
            {
                return known;
            }

            return known.FirstOrDefault(other => other.Name == method.Name || other.Attribute == method.Attribute) is { } taken
                ? throw new ArgumentException(
                    $"{method.GetType().FullName} is a method '{method.Name}' with the attribute {method.Attribute.FullName}, and {taken.GetType().FullName} "
                        + "is one already")
                : known.Add(method);
        });
    }

    /// <summary>The method of a name; null if there is none.</summary>
    public static PostTrainingMethod? Find(string name) =>
        methods.FirstOrDefault(method => string.Equals(method.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The method of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those that there are.</exception>
    public static PostTrainingMethod Get(string name) => Find(name)
        ?? throw new ArgumentException(
            $"no post-training method is called '{name}'{NearestName.Hint(name, methods.Select(method => method.Name))}; known: {string.Join(", ", methods)}");

    /// <summary>The method of an attribute class.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static PostTrainingMethod Of(Type attribute) => methods.FirstOrDefault(method => method.Attribute == attribute)
        ?? throw new ArgumentException($"no post-training method with the attribute {attribute} is registered; known: {string.Join(", ", methods)}");
}
