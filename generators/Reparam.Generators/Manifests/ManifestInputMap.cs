using System.Linq;
using Reparam.Generators.Common;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Manifests;

/// <summary>The input map of a layer in a manifest.</summary>
/// <param name="Method">The method's part of its states' names.</param>
/// <param name="Options">The written options as a JSON object's members.</param>
/// <param name="States">Names of its states below the layer.</param>
internal sealed record ManifestInputMap(string Method, EquatableArray<ManifestOption> Options, EquatableArray<string> States)
{
    /// <summary>Reads the input map of an annotation; null if it has none.</summary>
    /// <param name="method">The method as annotated.</param>
    /// <param name="options">What was written.</param>
    public static ManifestInputMap? Of(MethodModel? method, EquatableArray<ManifestOption> options) => method?.Input is null
        ? null
        : new ManifestInputMap(method.Key, options, method.States.Where(s => s.IsOfInput).Select(s => $"reparam.{method.Key}.{s.Key}").ToEquatableArray());

    /// <summary>The entry as JSON.</summary>
    public string ToJson()
    {
        var options = string.Join(", ", Options.Select(o => $"{Json.Of(o.Name)}: {o.Value}"));
        return $"{{ \"method\": {Json.Of(Method)}, \"options\": {{ {options} }}, \"state\": [{string.Join(", ", States.Select(Json.Of))}] }}";
    }
}
