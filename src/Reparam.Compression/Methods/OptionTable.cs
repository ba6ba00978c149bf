using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using Reparam.Build.Text;

namespace Reparam.Compression.Methods;

/// <summary>The options of a method of the build, read from its attribute class: constructor parameters and settable properties.</summary>
public sealed class OptionTable
{
    private static readonly ConcurrentDictionary<Type, OptionTable> Known = new();

    private readonly ConstructorInfo constructor;

    private OptionTable(Type type)
    {
        var named = type.GetCustomAttribute<ReparamMethodAttribute>();
        if (named is null || type.IsAbstract)
        {
            throw new ArgumentException(
                $"{type.FullName} cannot be the options of a method: it is {(named is null ? "without [ReparamMethod(\"name\")]" : "abstract")}");
        }

        Type = type;
        Method = named.Method;
        Layers = named.Layers;
        PropertyInfo[] properties = [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(IsOption).OrderBy(Depth)];
        constructor = type.GetConstructors().OrderByDescending(candidate => candidate.GetParameters().Length)
            .FirstOrDefault(candidate => candidate.GetParameters().All(parameter => properties.Any(property => IsOf(property, parameter))))
            ?? throw new ArgumentException($"{type.FullName} has no public constructor whose parameters are called like its properties");
        var parameters = constructor.GetParameters();
        Members =
        [
            .. properties
                .Select(property => new OptionMember(Method, property, parameters.FirstOrDefault(parameter => IsOf(property, parameter))))
                .Where(member => member.Parameter is not null || member.Property.SetMethod is { IsPublic: true })
                .OrderBy(member => member.Parameter?.Position ?? int.MaxValue),
        ];
        if (Members.FirstOrDefault(member => !member.IsKnownType) is { } odd)
        {
            throw new ArgumentException($"{type.FullName}.{odd.Property.Name} is {odd.Type}; an option is a number, a bool, a string or an enum");
        }

        var plain = Create(new Dictionary<OptionMember, object>());
        foreach (var member in Members.Where(member => !member.IsRequired))
        {
            member.Default = member.Property.GetValue(plain);
        }
    }

    /// <summary>The attribute class.</summary>
    public Type Type { get; }

    /// <summary>Name of the method.</summary>
    public string Method { get; }

    /// <summary>Layers that the method can code.</summary>
    public LayerKinds Layers { get; }

    /// <summary>The options: parameters of the constructor first, then properties as they are declared.</summary>
    public ImmutableArray<OptionMember> Members { get; }

    /// <summary>The options of an attribute class.</summary>
    /// <exception cref="ArgumentException">The class cannot serve as options; the message names the class, the member and what is expected.</exception>
    public static OptionTable Of(Type type) => Known.GetOrAdd(type, static type => new OptionTable(type));

    /// <summary>The option of a name, in upper or lower case; null if there is none.</summary>
    public OptionMember? Find(string name) => Members.FirstOrDefault(member => string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The option of a name, in upper or lower case.</summary>
    /// <exception cref="ArgumentException">There is none; the message has the nearest name and lists all.</exception>
    public OptionMember Get(string name) => Find(name)
        ?? throw new ArgumentException(
            $"{Method} has no option '{name}'{NearestName.Hint(name, Members.Select(member => member.Name))}; it has "
                + $"{string.Join(", ", Members.Select(member => member.Name))}");

    /// <summary>Makes the attribute object again that a manifest's options were written from.</summary>
    /// <param name="written">What the annotation writes, by name in upper or lower case; what is not written has its default.</param>
    /// <exception cref="ArgumentException">An option is unknown, of another type, out of its range, or missing.</exception>
    internal ReparamAttribute Read(IEnumerable<KeyValuePair<string, JsonElement>> written)
    {
        var values = written.Select(option => (Member: Get(option.Key), option.Value))
            .ToDictionary(option => option.Member, option => option.Member.Read(option.Value));
        RequireAll(values);
        return Create(values);
    }

    /// <summary>Looks whether everything is there that has no default.</summary>
    /// <exception cref="ArgumentException">Something is missing.</exception>
    internal void RequireAll(IReadOnlyDictionary<OptionMember, object> values)
    {
        if (Members.FirstOrDefault(member => member.IsRequired && !values.ContainsKey(member)) is { } missing)
        {
            throw new ArgumentException($"{missing.Name} is missing");
        }
    }

    /// <summary>Makes an attribute object.</summary>
    /// <param name="values">Values by option; what is not there has its default, and what is required and not there some legal value.</param>
    /// <exception cref="ArgumentException">The attribute refuses a value.</exception>
    internal ReparamAttribute Create(IReadOnlyDictionary<OptionMember, object> values)
    {
        try
        {
            object?[] arguments = [.. constructor.GetParameters().Select(parameter =>
                Members.First(member => member.Parameter == parameter) is var member && values.TryGetValue(member, out var value) ? value
                : parameter.HasDefaultValue ? parameter.DefaultValue
                : member.Blank)];
            var attribute = (ReparamAttribute)constructor.Invoke(arguments);
            foreach (var (member, value) in values.Where(value => value.Key.Parameter is null))
            {
                member.Property.SetValue(attribute, value);
            }

            return attribute;
        }
        catch (TargetInvocationException exception) when (exception.InnerException is ArgumentException refusal)
        {
            throw new ArgumentException($"{Method}: {refusal.Message}", refusal);
        }
    }

    private static bool IsOf(PropertyInfo property, ParameterInfo parameter) =>
        string.Equals(property.Name, parameter.Name, StringComparison.OrdinalIgnoreCase) && property.PropertyType == parameter.ParameterType;

    // Where and whether a method applies (Targets, Ignore, Order) is the compiler's.
    private static bool IsOption(PropertyInfo property) =>
        property.GetIndexParameters().Length == 0 && property.CanRead && property.DeclaringType!.IsSubclassOf(typeof(ReparamAttribute));

    // What a base class declares comes first, and what all methods have last.
    private static int Depth(PropertyInfo property)
    {
        if (property.DeclaringType == typeof(PostTrainingAttribute))
        {
            return int.MaxValue;
        }

        var depth = 0;
        for (var type = property.DeclaringType; type is not null; type = type.BaseType)
        {
            depth++;
        }

        return depth;
    }
}
