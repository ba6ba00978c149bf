using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Reparam.Runtime;

namespace Reparam.Benchmarks.Operations;

/// <summary>
/// The page <c>docs/operations.md</c>: which public members of TorchSharp have a counterpart in the run-time library. Read by reflection from both; an
/// overload counts when a counterpart takes every parameter that it requires.
/// </summary>
internal static class OperationTable
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
    private const int Width = 150;

    private static readonly Assembly TorchSharp = typeof(TorchSharp.torch).Assembly;

    private static readonly (string Type, string Title)[] Types =
    [
        ("TorchSharp.torch+Tensor", "Tensor"), ("TorchSharp.torch", "torch"), ("TorchSharp.torch+nn+functional", "torch.nn.functional"),
        ("TorchSharp.torch+nn", "torch.nn"), ("TorchSharp.torch+nn+init", "torch.nn.init"), ("TorchSharp.torch+nn+Module", "torch.nn.Module"),
        ("TorchSharp.torch+special", "torch.special"), ("TorchSharp.torch+linalg", "torch.linalg"), ("TorchSharp.torch+fft", "torch.fft"),
        ("TorchSharp.torch+cuda", "torch.cuda"), ("TorchSharp.torch+TensorIndex", "TensorIndex"), ("TorchSharp.Scalar", "Scalar"),
        ("TorchSharp.TensorExtensionMethods", "TensorExtensionMethods"), ("TorchSharp.DisposeScope", "DisposeScope"),
    ];

    private enum Status
    {
        Yes,
        Part,
        Initialisation,
        No,
    }

    /// <summary>The whole page.</summary>
    public static string Page()
    {
        var counterparts = typeof(Tensor).Assembly.GetTypes()
            .Select(type => (Type: type, type.GetCustomAttribute<CounterpartAttribute>()?.Name)).Where(pair => pair.Name is not null)
            .ToLookup(pair => pair.Name!, pair => pair.Type);
        var page = new StringBuilder("""
            # Operations at run time

            Which public members of TorchSharp the run-time library has. *Yes*: every overload. *Some overloads*: RP0201 names the nearest one where a call does
            not fit. *First values only*: taken over where a constructor makes a weight or a buffer, because loading fills it. *No*: RP0201.

            A layer or a function that differs in a corner (an element type, a mode) says so by an exception that names it. Complex types have arithmetic, their
            parts and what a rotary embedding needs. This page is written by `dotnet run --project tests/Reparam.Benchmarks -- operations`, and a test says when
            it is old.

            | | yes | some overloads | first values only | no |
            |---|---|---|---|---|

            """.ReplaceLineEndings("\n"));
        var sections = new StringBuilder();
        foreach (var (name, title) in Types)
        {
            var members = Members(TorchSharp.GetType(name)!, [.. counterparts[name]]);
            Count(page, title, members);
            Section(sections, title, members);
        }

        var layers = Layers(counterparts);
        Count(page, "layers", layers);
        Section(sections, "Layers", layers);
        return page.Append(sections).ToString();
    }

    private static SortedDictionary<string, Status> Members(Type theirs, Type[] ours)
    {
        var known = ours.SelectMany(type => type.GetMembers(Declared)).Select(member => (Member: member, Counterpart: member.GetCustomAttribute<CounterpartAttribute>()))
            .Where(pair => pair.Counterpart is not null).ToLookup(pair => pair.Counterpart!.Name);
        var result = new SortedDictionary<string, Status>(StringComparer.Ordinal);
        foreach (var group in theirs.GetMembers(Declared).Where(IsListed).GroupBy(member => member.Name))
        {
            var found = known[group.Key].ToArray();
            var real = found.Where(pair => !pair.Counterpart!.IsInitialisation).Select(pair => pair.Member).ToArray();
            var taken = group.Count(overload => real.Any(member => Takes(member, overload)));
            result[group.Key] = taken == group.Count() ? Status.Yes : taken > 0 ? Status.Part : found.Length > real.Length ? Status.Initialisation : Status.No;
        }

        return result;
    }

    private static SortedDictionary<string, Status> Layers(ILookup<string, Type> counterparts) => new(
        TorchSharp.GetExportedTypes().Where(type => type is { Namespace: "TorchSharp.Modules", IsAbstract: false, IsNested: false }
                && type.IsAssignableTo(typeof(TorchSharp.torch.nn.Module)))
            .GroupBy(type => type.Name.Split('`')[0])
            .ToDictionary(group => group.Key, group => group.All(type => counterparts.Contains(type.FullName!)) ? Status.Yes
                : group.Any(type => counterparts.Contains(type.FullName!)) ? Status.Part : Status.No),
        StringComparer.Ordinal);

    private static bool IsListed(MemberInfo member) => member switch
    {
        MethodInfo method => (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
            && method.GetBaseDefinition().DeclaringType != typeof(object),
        PropertyInfo or FieldInfo => !member.IsDefined(typeof(CompilerGeneratedAttribute)),
        _ => false,
    };

    private static bool Takes(MemberInfo ours, MemberInfo theirs)
    {
        if (theirs.Name.StartsWith("op_", StringComparison.Ordinal))
        {
            return true;
        }

        var (mine, other) = (Parameters(ours), Parameters(theirs));
        return other.All(p => p.HasDefaultValue || mine.Any(m => m.Name == p.Name)) && mine.All(m => other.Any(p => p.Name == m.Name));
    }

    private static ParameterInfo[] Parameters(MemberInfo member) => member switch
    {
        MethodInfo method => method.GetParameters(),
        PropertyInfo property => property.GetIndexParameters(),
        _ => [],
    };

    private static void Count(StringBuilder page, string title, SortedDictionary<string, Status> members)
    {
        int Of(Status status) => members.Values.Count(value => value == status);
        page.Append($"| {title} | {Of(Status.Yes)} | {Of(Status.Part)} | {Of(Status.Initialisation)} | {Of(Status.No)} |\n");
    }

    private static void Section(StringBuilder page, string title, SortedDictionary<string, Status> members)
    {
        page.Append($"\n## {title}\n");
        foreach (var (status, heading) in new[]
            { (Status.Yes, "Yes"), (Status.Part, "Some overloads"), (Status.Initialisation, "First values only"), (Status.No, "No") })
        {
            var names = members.Where(pair => pair.Value == status).Select(pair => $"`{pair.Key}`").ToArray();
            if (names.Length == 0)
            {
                continue;
            }

            page.Append('\n');
            var line = new StringBuilder($"**{heading}**:");
            for (var i = 0; i < names.Length; i++)
            {
                var part = " " + names[i] + (i < names.Length - 1 ? "," : ".");
                if (line.Length + part.Length > Width)
                {
                    page.Append(line).Append('\n');
                    line.Clear();
                    part = part[1..];
                }

                line.Append(part);
            }

            page.Append(line).Append('\n');
        }
    }
}
