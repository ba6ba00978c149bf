using Reparam.Checkpoints;
using Reparam.Generators.Common;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>
/// State names of versions before <c>reparam.&lt;method&gt;.&lt;state&gt;</c>. A state was <c>reparam.&lt;state&gt;</c>, or
/// <c>reparam.&lt;method&gt;_&lt;state&gt;</c> where two methods of a layer
/// had one of the same name, and LoRA's were <c>reparam.lora_a</c> and so on. Files with such names are read as if they had today's.
/// </summary>
internal static class EarlierNames
{
    private const string Prefix = "reparam.";

    /// <summary>The checkpoint with today's names; itself if it has them.</summary>
    /// <param name="checkpoint">A file; it belongs to the view.</param>
    /// <param name="module">The model that reads it.</param>
    public static ICheckpoint Read(ICheckpoint checkpoint, Module module)
    {
        var today = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, layer) in module.ReparamLayers())
        {
            var own = layer.state_dict().Keys.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToArray();
            foreach (var name in own.Where(name => !checkpoint.Contains(ReparamModuleExtensions.Join(path, name))))
            {
                var found = Candidates(layer, name).Select(earlier => ReparamModuleExtensions.Join(path, earlier))
                    .FirstOrDefault(earlier => checkpoint.Contains(earlier) && !today.ContainsKey(earlier));
                if (found is not null)
                {
                    today[found] = ReparamModuleExtensions.Join(path, name);
                }
            }
        }

        return today.Count == 0 ? checkpoint : new RenamedCheckpoint(checkpoint, today);
    }

    /// <summary>The names that a layer's latent and maps' state had, in the order of <paramref name="names"/>.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="names">Names of today.</param>
    public static IEnumerable<string> Of(ReparamLayer layer, IReadOnlyList<string> names)
    {
        var shared = names.Select(Split).Where(s => s.Key.Length > 0).GroupBy(s => s.Key, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key)
            .ToHashSet(StringComparer.Ordinal);
        return names.Select(name => Split(name) switch
        {
            { Key: "" } => name,
            var (method, key) => Prefix + (shared.Contains(key) ? $"{Snake(layer, method)}_{key}" : key),
        });
    }

    private static string[] Candidates(ReparamLayer layer, string name)
    {
        var (method, key) = Split(name);
        return key.Length == 0
            ? []
            : [$"{Prefix}{method}_{key}", $"{Prefix}{Snake(layer, method)}_{key}", $"{Prefix}{Snake(layer, method)}_{method}_{key}", Prefix + key];
    }

    // reparam.lora.a → lora, a; nothing of other names.
    private static (string Method, string Key) Split(string name)
    {
        var parts = name.Split('.');
        return parts.Length == 3 && parts[0] == "reparam" ? (parts[1], parts[2]) : ("", "");
    }

    private static string Snake(ReparamLayer layer, string method) => layer.Methods.Select(m => m.GetType().Name)
        .Select(type => type.EndsWith("Attribute", StringComparison.Ordinal) ? type[..^"Attribute".Length] : type)
        .Where(type => string.Equals(type, method, StringComparison.OrdinalIgnoreCase)).Select(StateNames.SnakeCase).FirstOrDefault(method);
}
