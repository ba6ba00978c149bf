using System.Text.RegularExpressions;

namespace Reparam.Checkpoints.Import.Onnx;

/// <summary>
/// Gives weights back the names that an exporter took from them. An exporter that transposes the weight of a linear layer, or folds a batch norm into a
/// convolution, numbers the new tensor (<c>1002</c>, <c>onnx::MatMul_214</c>). The graph still tells the layer: by the bias that is added to the product,
/// which keeps its name, or by the name of the node, which is the layer's path.
/// </summary>
internal sealed partial class OnnxLayers
{
    private readonly IReadOnlyDictionary<string, int> ranks;
    private readonly Dictionary<string, OnnxLayer> layers = new(StringComparer.Ordinal);
    private readonly HashSet<string> taken;

    // Outputs of products whose weight has no name yet.
    private readonly Dictionary<string, (string Weight, string Node)> products = new(StringComparer.Ordinal);

    private OnnxLayers(IReadOnlyDictionary<string, int> ranks)
    {
        this.ranks = ranks;
        taken = new HashSet<string>(ranks.Keys.Where(name => !IsNumbered(name)), StringComparer.Ordinal);
    }

    /// <summary>True for a name that an exporter made.</summary>
    /// <param name="name">Name of a tensor.</param>
    public static bool IsNumbered(string name) => Numbered().IsMatch(name);

    /// <summary>The layers of numbered tensors, by the tensors' names in the file; those that no layer shows are not among them.</summary>
    /// <param name="file">The file.</param>
    /// <param name="ranks">Number of dimensions of each floating-point tensor, by its name.</param>
    /// <exception cref="FormatException">The file breaks the format.</exception>
    public static IReadOnlyDictionary<string, OnnxLayer> Read(FileRange file, IReadOnlyDictionary<string, int> ranks)
    {
        var found = new OnnxLayers(ranks);
        if (ranks.Keys.Any(IsNumbered))
        {
            var model = new ProtoReader(ProtoMessage.Of(file));
            while (model.Next())
            {
                if (model.Field == 7)
                {
                    found.ReadGraph(model.ReadMessage());
                }
                else
                {
                    model.Skip();
                }
            }

            found.NameByNodes();
        }

        return found.layers;
    }

    // Nodes come in the order in which they can be computed, so a product stands before the sum that takes it.
    private void ReadGraph(ProtoMessage message)
    {
        var graph = new ProtoReader(message);
        while (graph.Next())
        {
            if (graph.Field == 1)
            {
                ReadNode(OnnxNode.Read(graph.ReadMessage()));
            }
            else
            {
                graph.Skip();
            }
        }
    }

    private void ReadNode(OnnxNode node)
    {
        switch (node.Type)
        {
            case "MatMul" when node.Inputs.Count == 2 && node.Outputs.Count == 1 && IsFree(node.Inputs[1], 2):
                products[node.Outputs[0]] = (node.Inputs[1], node.Name);
                break;
            case "Add" when node.Inputs.Count == 2:
                NameByBias(node.Inputs[0], node.Inputs[1]);
                NameByBias(node.Inputs[1], node.Inputs[0]);
                break;
            case "Gemm" or "Conv" or "ConvTranspose":
                NameByOperands(node);
                break;
        }
    }

    private void NameByBias(string product, string bias)
    {
        if (products.TryGetValue(product, out var found) && ranks.TryGetValue(bias, out var rank) && rank == 1 && !IsNumbered(bias) && IsBias(bias)
            && Name(found.Weight, Weight(bias[..^BiasName.Length]), isTransposed: true))
        {
            products.Remove(product);
        }
    }

    // A Gemm or convolution has its bias among its operands; each may be numbered alone.
    private void NameByOperands(OnnxNode node)
    {
        if (node.Inputs.Count < 2)
        {
            return;
        }

        var bias = node.Inputs.Count > 2 ? node.Inputs[2] : "";
        var path = IsBias(bias) && !IsNumbered(bias) ? bias[..^BiasName.Length]
            : node.Inputs[1].EndsWith(WeightName, StringComparison.Ordinal) && !IsNumbered(node.Inputs[1]) ? node.Inputs[1][..^WeightName.Length]
            : PathOf(node.Name);
        if (path.Length == 0)
        {
            return;
        }

        if (IsFree(node.Inputs[1], null))
        {
            Name(node.Inputs[1], Weight(path), node.Type == "Gemm" && !node.IsTransposed);
        }

        if (IsFree(bias, 1))
        {
            Name(bias, path + BiasName, isTransposed: false);
        }
    }

    private void NameByNodes()
    {
        foreach (var (weight, node) in products.Values)
        {
            if (PathOf(node) is { Length: > 0 } path)
            {
                Name(weight, Weight(path), isTransposed: true);
            }
        }
    }

    // A weight that two layers share keeps the name of the first.
    private bool Name(string tensor, string name, bool isTransposed) => !layers.ContainsKey(tensor) && taken.Add(name)
        && layers.TryAdd(tensor, new OnnxLayer(name, isTransposed));

    private bool IsFree(string tensor, int? rank) =>
        ranks.TryGetValue(tensor, out var found) && (rank is null || found == rank) && IsNumbered(tensor);

    // "/layer1/layer1.0/conv1/Conv" is the node of the layer layer1.0.conv1: a module in a list repeats the list's name.
    private static string PathOf(string node)
    {
        var parts = new List<string>();
        var names = node.Split('/', StringSplitOptions.RemoveEmptyEntries);
        foreach (var name in node.StartsWith('/') ? names.SkipLast(1) : [])
        {
            if (parts.Count > 0 && name.StartsWith(parts[^1] + ".", StringComparison.Ordinal))
            {
                parts[^1] = name;
            }
            else
            {
                parts.Add(name);
            }
        }

        return string.Join('.', parts);
    }

    private const string BiasName = ".bias";
    private const string WeightName = ".weight";

    private static bool IsBias(string name) => name.Length > BiasName.Length && name.EndsWith(BiasName, StringComparison.Ordinal);

    private static string Weight(string path) => path + WeightName;

    [GeneratedRegex(@"^(\d+|onnx::\w+_\d+|/.*_output_\d+|_?v_\d+|val_\d+|const_\d+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Numbered();
}
