using System.Reflection;
using Reparam.Runtime;

namespace Reparam.Runtime.Tests;

/// <summary>The table of counterparts names what TorchSharp, or the training library beside it, has, with its parameter names and matching types.</summary>
public class CounterpartTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Assembly[] TrainingSide = [typeof(TorchSharp.torch).Assembly, typeof(Training.FusedOperations).Assembly];

    private static readonly Dictionary<Type, Type> Counterparts = typeof(Tensor).Assembly.GetTypes()
        .Where(type => type.GetCustomAttribute<CounterpartAttribute>() is not null)
        .ToDictionary(type => type, type => TrainingSide.Select(side => side.GetType(type.GetCustomAttribute<CounterpartAttribute>()!.Name)).FirstOrDefault(found => found is not null)!);

    public static TheoryData<string> Types => [.. Counterparts.Keys.Select(type => type.FullName!)];

    [Fact]
    public void Every_type_names_one_of_the_training_side()
    {
        var missing = Counterparts.Where(pair => pair.Value is null).Select(pair => pair.Key.Name);
        Assert.Empty(missing);
        Assert.True(Counterparts.Count > 40, "the table is read by reflection and must not be empty");
    }

    [Fact]
    public void No_two_types_name_the_same_one() => Assert.Equal(Counterparts.Count, Counterparts.Values.Distinct().Count());

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_member_has_its_counterpart(string typeName)
    {
        var ours = typeof(Tensor).Assembly.GetType(typeName)!;
        var theirs = Counterparts[ours];
        var problems = new List<string>();
        foreach (var member in ours.GetMembers(Declared))
        {
            if (member.GetCustomAttribute<CounterpartAttribute>() is { } counterpart && !Matches(member, theirs, counterpart.Name))
            {
                problems.Add($"{member} -> {counterpart.Name}");
            }
        }

        Assert.Empty(problems);
    }

    private static bool Matches(MemberInfo ours, Type theirs, string name)
    {
        for (var type = theirs; type is not null; type = type.BaseType)
        {
            foreach (var candidate in type.GetMembers(Declared))
            {
                if (candidate.Name == name && Matches(ours, candidate))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool Matches(MemberInfo ours, MemberInfo theirs) => (ours, theirs) switch
    {
        (FieldInfo mine, FieldInfo other) => mine.DeclaringType!.IsEnum || Fits(mine.FieldType, other.FieldType),
        (FieldInfo mine, PropertyInfo other) => Fits(mine.FieldType, other.PropertyType),
        (PropertyInfo mine, FieldInfo other) => Fits(mine.PropertyType, other.FieldType),
        (PropertyInfo mine, PropertyInfo other) => Fits(mine.PropertyType, other.PropertyType) && Parameters(mine.GetIndexParameters(), other.GetIndexParameters()),
        (ConstructorInfo mine, ConstructorInfo other) => Parameters(mine.GetParameters(), other.GetParameters()),
        (MethodInfo mine, MethodInfo other) => mine.IsStatic == other.IsStatic && mine.GetGenericArguments().Length == other.GetGenericArguments().Length
            && Fits(mine.ReturnType, other.ReturnType) && Parameters(mine.GetParameters(), other.GetParameters()),
        _ => false,
    };

    // Ours are a subset by name, each of a matching type, and what TorchSharp requires is there.
    private static bool Parameters(ParameterInfo[] ours, ParameterInfo[] theirs)
    {
        var isOperator = theirs.FirstOrDefault()?.Member.Name.StartsWith("op_", StringComparison.Ordinal) == true;
        return isOperator
            ? ours.Length == theirs.Length && ours.Zip(theirs).All(pair => Fits(pair.First.ParameterType, pair.Second.ParameterType))
            : ours.All(mine => theirs.Any(other => other.Name == mine.Name && Fits(mine.ParameterType, other.ParameterType)))
                && theirs.All(other => other.HasDefaultValue || ours.Any(mine => mine.Name == other.Name));
    }

    private static bool Fits(Type ours, Type theirs)
    {
        if (ours.IsByRef && theirs.IsByRef)
        {
            return Fits(ours.GetElementType()!, theirs.GetElementType()!);
        }

        ours = Nullable.GetUnderlyingType(ours) ?? ours;
        theirs = Nullable.GetUnderlyingType(theirs) ?? theirs;
        if (ours == theirs || ours.IsGenericParameter || theirs.IsGenericParameter)
        {
            return true;
        }

        if (ours.IsGenericType && ours.GetGenericTypeDefinition() == typeof(ReadOnlySpan<>))
        {
            var element = theirs.IsArray ? theirs.GetElementType()!
                : theirs.IsGenericType && theirs.GetGenericArguments().Length == 1 ? theirs.GetGenericArguments()[0]
                : null;
            return element is not null && Fits(ours.GetGenericArguments()[0], element);
        }

        if (ours.IsArray && theirs.IsArray)
        {
            return Fits(ours.GetElementType()!, theirs.GetElementType()!);
        }

        if (ours.IsGenericType && theirs.IsGenericType)
        {
            var mine = ours.GetGenericTypeDefinition();
            var sameDefinition = mine == theirs.GetGenericTypeDefinition() || (Counterparts.TryGetValue(mine, out var mapped) && mapped == theirs.GetGenericTypeDefinition());
            return (sameDefinition || theirs.IsInterface || ours.Name.Contains("Enumerator", StringComparison.Ordinal))
                && ours.GetGenericArguments().Zip(theirs.GetGenericArguments()).All(pair => Fits(pair.First, pair.Second));
        }

        return (Counterparts.TryGetValue(ours, out var counterpart) && counterpart == theirs) || (ours.IsAssignableTo(typeof(IDisposable)) && theirs == typeof(IDisposable));
    }
}
