using System.Collections.Immutable;
using System.Reflection;
using System.Text.RegularExpressions;
using Reparam.Build.Text;
using Reparam.Compression.Help;
using Reparam.Merging.Engine;

namespace Reparam.Merging;

/// <summary>An operation as the tool and the build see it: a name, its options, and a function.</summary>
public sealed partial class CheckpointOperation
{
    /// <summary>Names that the verb itself has.</summary>
    private static readonly string[] Taken =
        ["method", "base", "output", "keep", "skip", "dtype", "shardsize", "threads", "quiet", "dryrun", "extension", "help", "version", "outputname", "order",
            "copytooutputdirectory", "copytopublishdirectory"];

    private readonly MethodInfo method;

    /// <summary>Takes a method that is marked with <see cref="CheckpointOperationAttribute"/>.</summary>
    /// <exception cref="ArgumentException">It is not marked, or its parameters are not those of an operation.</exception>
    public CheckpointOperation(MethodInfo method)
    {
        ArgumentNullException.ThrowIfNull(method);
        this.method = method;
        var place = $"{method.DeclaringType}.{method.Name}";
        var attribute = method.GetCustomAttribute<CheckpointOperationAttribute>() ?? throw new ArgumentException($"{place} has no [CheckpointOperation]");
        Name = attribute.Name;
        NeedsBase = attribute.NeedsBase;
        MinInputs = attribute.MinInputs;
        Summary = method.GetCustomAttribute<OptionHelpAttribute>()?.Text ?? DocumentationFile.Summary(method);
        if (!NameForm().IsMatch(Name))
        {
            throw new ArgumentException($"{place} has the name '{Name}'; a name has lower-case letters, digits and hyphens, and starts with a letter");
        }

        var parameters = method.GetParameters();
        var first = parameters.Length > 0 ? parameters[0].ParameterType : null;
        if (!method.IsStatic || method.ContainsGenericParameters ||
            !((first == typeof(TensorInputs) && method.ReturnType == typeof(TensorResult))
                || (first == typeof(CheckpointInputs) && method.ReturnType == typeof(TensorOperation))))
        {
            throw new ArgumentException(
                $"{place} is no operation; one is a static method that takes {nameof(TensorInputs)} and returns {nameof(TensorResult)}, " +
                $"or takes {nameof(CheckpointInputs)} and returns {nameof(TensorOperation)}");
        }

        Options = [.. parameters.Skip(1).Select(parameter => new OperationOption(method, parameter))];
        if (Options.FirstOrDefault(option => Taken.Any(option.IsCalled)) is { } taken)
        {
            throw new ArgumentException($"the option {taken.Name} of {place} has a name that the verb itself has; take another name");
        }
    }

    /// <summary>Name that users type, such as <c>ties</c>.</summary>
    public string Name { get; }

    /// <summary>What it does: the method's doc comment.</summary>
    public string Summary { get; }

    /// <summary>Whether it needs a base. An operation that does not need one does not take one.</summary>
    public bool NeedsBase { get; }

    /// <summary>Fewest inputs, without the base.</summary>
    public int MinInputs { get; }

    /// <summary>Its options, in the order of the method's parameters.</summary>
    public ImmutableArray<OperationOption> Options { get; }

    /// <summary>The assembly and type that it comes from.</summary>
    internal string Place => $"{method.DeclaringType}.{method.Name} in {method.DeclaringType!.Assembly.GetName().Name}";

    /// <summary>Whether two are made of one method.</summary>
    internal bool IsSame(CheckpointOperation other) => method == other.method;

    /// <summary>Reads what a user wrote.</summary>
    /// <param name="given">Option to value, as text.</param>
    /// <param name="inputs">Number of inputs.</param>
    /// <param name="problems">Receives what is wrong, each in words.</param>
    /// <returns>A value for each of <see cref="Options"/>.</returns>
    internal object?[] Read(IEnumerable<KeyValuePair<string, string>> given, int inputs, ICollection<string> problems)
    {
        var values = Options.Select(option => option.WhenLeftOut(inputs)).ToArray();
        foreach (var (name, text) in given)
        {
            var index = Enumerable.Range(0, Options.Length).FirstOrDefault(i => Options[i].IsCalled(name), -1);
            if (index < 0)
            {
                var known = Options.Select(option => option.Name).ToArray();
                var nearest = NearestName.Of(name, known) is { } near ? $" (did you mean {near}?)" : "";
                problems.Add($"{Name} has no option '{name}'{nearest}; it has {(known.Length == 0 ? "none" : string.Join(", ", known))}");
                continue;
            }

            try
            {
                values[index] = Options[index].Parse(text, inputs);
            }
            catch (FormatException exception)
            {
                problems.Add(exception.Message);
            }
        }

        return values;
    }

    /// <summary>Calls the method, or has it called for each tensor.</summary>
    /// <param name="inputs">The opened checkpoints.</param>
    /// <param name="values">What <see cref="Read"/> gave.</param>
    /// <param name="failure">Tells what the method throws.</param>
    /// <exception cref="CheckpointOperationException">The method threw, or returned nothing.</exception>
    internal TensorOperation Begin(CheckpointInputs inputs, object?[] values, OperationFailure failure)
    {
        TensorOperation operation = method.ReturnType == typeof(TensorOperation)
            ? failure.Guard(null, () => (TensorOperation?)Call(inputs, values)) ?? throw failure.Error(null, $"{Place} returned nothing")
            : tensor => (TensorResult)Call(tensor, values)!;
        return tensor => failure.Guard(tensor.Info.Name, () => operation(tensor)) ?? throw failure.Error(tensor.Info.Name, $"{Place} returned nothing");
    }

    private object? Call(object first, object?[] values) => method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [first, .. values], null);

    [GeneratedRegex("^[a-z][a-z0-9-]*$")]
    private static partial Regex NameForm();
}
