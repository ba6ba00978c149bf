using System.Linq;
using Reparam.Generators.Common;
using Reparam.Generators.Manifests;

namespace Reparam.Generators.Structures;

/// <summary>What a class folds into, in its manifest.</summary>
/// <param name="Module">Full metadata name of the folded class.</param>
/// <param name="Method">Full metadata name of the structure method.</param>
/// <param name="Options">The written options as a JSON object's members.</param>
internal sealed record ManifestFolded(string Module, string Method, EquatableArray<ManifestOption> Options)
{
    /// <summary>The member's JSON text.</summary>
    public string ToJson()
    {
        var options = string.Join(", ", Options.Select(o => $"{Json.Of(o.Name)}: {o.Value}"));
        return $"{{ \"module\": {Json.Of(Module)}, \"method\": {Json.Of(Method)}, \"options\": {{ {options} }} }}";
    }
}
