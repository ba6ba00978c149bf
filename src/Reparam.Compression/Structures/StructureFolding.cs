using System.Globalization;
using Reparam.Checkpoints;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Methods;
using Reparam.Compression.Plans;

namespace Reparam.Compression.Structures;

/// <summary>
/// The step before all others of a plan: every structure of the model stands folded. Blocks that the checkpoint holds in their training form are folded, blocks
/// of an export are so already, and the manifests name the folded classes.
/// </summary>
public sealed class StructureFolding
{
    private const int MaxDepth = 200;

    private readonly ICheckpoint checkpoint;
    private readonly BuildPlan plan;
    private readonly NameTree tree;
    private readonly HashSet<string> withStructure;
    private readonly List<string> enclosing = [];
    private readonly HashSet<(string Prefix, string Module)> visited = [];
    private readonly Dictionary<string, IReadOnlyList<FoldedTensor>> blocks = new(StringComparer.Ordinal);
    private readonly List<CompressionProblem> problems = [];
    private readonly ICollection<string>? notes;

    private StructureFolding(ICheckpoint checkpoint, BuildPlan plan, ICollection<string>? notes)
    {
        (this.checkpoint, this.plan, this.notes) = (checkpoint, plan, notes);
        tree = new NameTree(checkpoint.Names);
        withStructure = ManifestClosure.Of(plan.Manifests, manifest => manifest.Folded is not null, child => true, holdsUnknown: false);
    }

    /// <summary>Folds the blocks of a plan's checkpoint.</summary>
    /// <param name="checkpoint">The checkpoint; must stay open as long as the result is read.</param>
    /// <param name="plan">The manifests and the root.</param>
    /// <param name="notes">Takes a sentence for each block that is folded, and what its fold has to say.</param>
    /// <returns>The checkpoint and the plan that the rest of the build sees; the same objects where the model has no structure.</returns>
    /// <exception cref="CompressionException">RPB0160: blocks that cannot be folded, all of them; RPB0100: a folded class has no manifest.</exception>
    public static (ICheckpoint Checkpoint, BuildPlan Plan) Apply(ICheckpoint checkpoint, BuildPlan plan, ICollection<string>? notes = null)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.Manifests.Values.All(manifest => manifest.Folded is null))
        {
            return (checkpoint, plan);
        }

        var folding = new StructureFolding(checkpoint, plan, notes);
        folding.Visit("", plan.Model);
        if (folding.problems.Count > 0)
        {
            throw new CompressionException(checkpoint.Path, [.. folding.problems]);
        }

        return (folding.Rewritten(), folding.WithFoldedClasses());
    }

    private void Visit(string prefix, string module)
    {
        if (!withStructure.Contains(module) || enclosing.Count == MaxDepth || !visited.Add((prefix, module)))
        {
            return;
        }

        var manifest = plan.Manifests[module];
        if (manifest.Folded is { } folded)
        {
            Fold(prefix, module, folded);
            return;
        }

        enclosing.Add(module);
        foreach (var child in manifest.Children)
        {
            foreach (var member in tree.Expand(prefix, child.Path).Where(member => tree.HasBelow(member + ".")))
            {
                Visit(member + ".", child.Module);
            }
        }

        enclosing.RemoveAt(enclosing.Count - 1);
    }

    private void Fold(string prefix, string module, ManifestFolded folded)
    {
        var path = prefix.TrimEnd('.');
        var block = new BlockState($"{path} ({module})", checkpoint.Names
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(name => new BlockTensor(name[prefix.Length..], checkpoint.Info(name).Shape, () => Values(name))));
        try
        {
            if (StructureMethods.Find(folded.Method) is not { } method)
            {
                // Without the method nobody can tell which form this is: what is wrong with an unfolded block the check of the names will say.
                RefuseUnknown(block, module, folded);
                return;
            }

            if (!method.IsUnfolded(block))
            {
                return;
            }

            // A latent is no weight: only the trainer knows the map.
            if (block.Names.FirstOrDefault(name => name.Contains(".reparam.", StringComparison.Ordinal)) is { } state)
            {
                throw block.Problem($"is in its training form, and one of its layers has methods of its own ('{state}'), which the build does not know");
            }

            blocks[prefix] = method.Fold(block, (StructureAttribute)OptionTable.Of(method.OptionsType).Read(folded.Options));
            notes?.Add(
                string.Create(
                    CultureInfo.InvariantCulture, $"folded {(path.Length == 0 ? "the model" : $"'{path}'")} ({module} to {folded.Module}): "
                        + $"{block.Names.Count} tensors to {blocks[prefix].Count}"));
            foreach (var note in block.Notes)
            {
                notes?.Add($"{block.Block}: {note}");
            }
        }
        catch (Exception exception) when (exception is StructureException or ArgumentException)
        {
            problems.Add(
                CompressionDiagnostics.UnfoldableBlock.With(
                    exception is StructureException ? exception.Message : $"the block '{block.Block}' cannot be folded: {exception.Message}"));
        }
    }

    // The folded class's own manifest tells its names: where the checkpoint has none of them, the block is not folded.
    private void RefuseUnknown(BlockState block, string module, ManifestFolded folded)
    {
        var expected = plan.Manifests.TryGetValue(folded.Module, out var manifest) && !manifest.Tensors.IsDefault
            ? manifest.Tensors.Where(tensor => tensor.Required).ToArray()
            : [];
        if (expected.Length > 0 && !expected.Any(tensor => block.Contains(tensor.Path)))
        {
            throw block.Problem(
                $"is not in the form of {folded.Module}, and no method '{folded.Method}' is registered that folds {module}; known: "
                    + $"{string.Join(", ", StructureMethods.All.Select(method => method.Name))}");
        }
    }

    private ICheckpoint Rewritten()
    {
        if (blocks.Count == 0)
        {
            return checkpoint;
        }

        var computed = blocks.SelectMany(block => block.Value.Select(tensor => Stored(block.Key, tensor))).ToArray();
        var removed = checkpoint.Names.Where(name => blocks.Keys.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
            .ToHashSet(StringComparer.Ordinal);
        removed.ExceptWith(computed.Select(tensor => tensor.Info.Name));
        return new RewrittenCheckpoint(checkpoint, computed, removed, new Dictionary<string, string>());
    }

    private (TensorInfo Info, Func<byte[]> Compute) Stored(string prefix, FoldedTensor tensor)
    {
        var info = new TensorInfo(prefix + tensor.Name, FoldedValues.StoredType(checkpoint.Info(prefix + tensor.Like).DType), tensor.Shape);
        return (info, () => Bytes(info, tensor));
    }

    // Values are read only here, so here it shows that one is no number.
    private byte[] Bytes(TensorInfo info, FoldedTensor tensor)
    {
        try
        {
            var values = tensor.Compute();
            return values.Length == info.ElementCount
                ? FoldedValues.ToBytes(info.DType, values)
                : throw new StructureException($"the fold gave {values.Length} values for '{info.Name}' [{string.Join(", ", info.Shape)}]");
        }
        catch (StructureException exception)
        {
            throw new CompressionException(checkpoint.Path, CompressionDiagnostics.UnfoldableBlock.With(exception.Message));
        }
    }

    private double[] Values(string name)
    {
        var info = checkpoint.Info(name);
        return info.DType == DType.F64 ? checkpoint.ReadArray<double>(name) : Array.ConvertAll(checkpoint.ReadSingles(name), value => (double)value);
    }

    private BuildPlan WithFoldedClasses()
    {
        string FoldedOf(string module) => plan.Manifests.TryGetValue(module, out var manifest) && manifest.Folded is { } folded ? folded.Module : module;
        return plan with
        {
            Model = FoldedOf(plan.Model),
            Manifests = plan.Manifests.ToDictionary(
                manifest => manifest.Key,
                manifest => manifest.Value with { Children = [.. manifest.Value.Children.Select(child => child with { Module = FoldedOf(child.Module) })] },
                StringComparer.Ordinal),
        };
    }
}
