using System.Runtime.InteropServices;

namespace Reparam.Benchmarks.Peers;

/// <summary>An ONNX model whose graph is rewritten: nodes and constants are kept as they are but for those that a change names.</summary>
internal sealed class OnnxGraph
{
    private readonly ProtoMessage model;
    private readonly ProtoMessage graph;
    private readonly Dictionary<string, ProtoMessage> constants;
    private List<OnnxNode> nodes;

    /// <summary>Reads a model.</summary>
    /// <param name="path">Path of an ONNX file that holds its weights itself.</param>
    /// <exception cref="FormatException">The file is no ONNX model.</exception>
    public OnnxGraph(string path)
    {
        model = new ProtoMessage(File.ReadAllBytes(path));
        graph = new ProtoMessage(model.Values(7).SingleOrDefault());
        nodes = [.. graph.Values(1).Select(node => new OnnxNode(new ProtoMessage(node)))];
        constants = graph.Values(5).Select(tensor => new ProtoMessage(tensor)).ToDictionary(tensor => tensor.Texts(8)[0]);
    }

    /// <summary>Bytes of the constants that are the right-hand sides of products.</summary>
    public long ProductBytes { get; private set; }

    /// <summary>Leaves the model one output, and only the nodes that it takes.</summary>
    /// <param name="output">Name of an output of the model.</param>
    public void Keep(string output)
    {
        var outputs = graph.Values(12).Where(value => new ProtoMessage(value).Texts(1)[0] == output).ToArray();
        if (outputs.Length != 1)
        {
            throw new FormatException($"found no output '{output}' in the ONNX model");
        }

        graph.Without(12).Add(12, outputs[0]);
        var needed = new HashSet<string> { output };
        var kept = new List<OnnxNode>();
        foreach (var node in Enumerable.Reverse(nodes).Where(node => node.Outputs.Any(needed.Contains)))
        {
            kept.Add(node);
            needed.UnionWith(node.Inputs);
        }

        kept.Reverse();
        nodes = kept;
        ProductBytes = nodes.Where(IsWeightProduct).Sum(node => constants[node.Inputs[1]].Values(9).Sum(value => (long)value.Length));
    }

    /// <summary>
    /// Products with constant weights in bytes: the inputs are rounded to uint8 by DynamicQuantizeLinear, once for all products of an input, the weights to
    /// symmetric int8 with a scale for each column; MatMulInteger sums, and Cast and Mul give floats again. It is what ONNX Runtime's own tool for dynamic
    /// quantization writes, and what its optimizer joins into one kernel.
    /// </summary>
    public void QuantizeProducts()
    {
        var rewritten = new List<OnnxNode>();
        var rounded = new HashSet<string>();
        ProductBytes = 0;
        foreach (var node in nodes)
        {
            if (!IsWeightProduct(node))
            {
                rewritten.Add(node);
                continue;
            }

            var (x, w, y) = (node.Inputs[0], node.Inputs[1], node.Outputs[0]);
            if (rounded.Add(x))
            {
                rewritten.Add(OnnxNode.Of("DynamicQuantizeLinear", [x], [$"{x}.bytes", $"{x}.scale", $"{x}.zero"]));
            }

            AddBytes(w);
            rewritten.Add(OnnxNode.Of("MatMulInteger", [$"{x}.bytes", $"{w}.bytes", $"{x}.zero", $"{w}.zero"], [$"{y}.sums"]));
            rewritten.Add(OnnxNode.Of("Cast", [$"{y}.sums"], [$"{y}.floats"], new ProtoMessage().Add(1, "to").Add(3, OnnxTensor.Float).Add(20, 2)));
            rewritten.Add(OnnxNode.Of("Mul", [$"{x}.scale", $"{w}.scale"], [$"{y}.scale"]));
            rewritten.Add(OnnxNode.Of("Mul", [$"{y}.floats", $"{y}.scale"], [y]));
        }

        nodes = rewritten;
    }

    /// <summary>The model as the bytes of an ONNX file.</summary>
    public byte[] Bytes()
    {
        graph.Without(1).Without(5);
        foreach (var node in nodes)
        {
            graph.Add(1, node.Message);
        }

        var used = nodes.SelectMany(node => node.Inputs).ToHashSet();
        foreach (var (_, constant) in constants.Where(constant => used.Contains(constant.Key)))
        {
            graph.Add(5, constant);
        }

        // Inputs that only repeat a constant, as old versions of the format wanted it, would name constants that are gone.
        var inputs = graph.Values(11).Where(value => !constants.ContainsKey(new ProtoMessage(value).Texts(1)[0])).ToArray();
        graph.Without(11);
        foreach (var input in inputs)
        {
            graph.Add(11, input);
        }

        return model.Without(7).Add(7, graph).Bytes();
    }

    private bool IsWeightProduct(OnnxNode node) =>
        node.Operator == "MatMul" && constants.TryGetValue(node.Inputs[1], out var weight) && weight.Numbers(1).Count == 2;

    private void AddBytes(string name)
    {
        var weight = constants[name];
        var (rows, columns) = ((int)weight.Numbers(1)[0], (int)weight.Numbers(1)[1]);
        var values = MemoryMarshal.Cast<byte, float>(weight.Values(9).Single().Span);
        var (codes, scales) = (new byte[values.Length], new float[columns]);
        for (var column = 0; column < columns; column++)
        {
            var largest = 0f;
            for (var row = 0; row < rows; row++)
            {
                largest = Math.Max(largest, Math.Abs(values[(row * columns) + column]));
            }

            var scale = scales[column] = largest > 0 ? largest / sbyte.MaxValue : 1;
            for (var row = 0; row < rows; row++)
            {
                codes[(row * columns) + column] = (byte)(sbyte)MathF.Round(values[(row * columns) + column] / scale);
            }
        }

        constants[$"{name}.bytes"] = OnnxTensor.Of($"{name}.bytes", OnnxTensor.Int8, codes, rows, columns);
        constants[$"{name}.scale"] = OnnxTensor.Of($"{name}.scale", OnnxTensor.Float, MemoryMarshal.AsBytes(scales.AsSpan()).ToArray(), columns);
        constants[$"{name}.zero"] = OnnxTensor.Of($"{name}.zero", OnnxTensor.Int8, new byte[columns], columns);
        ProductBytes += codes.Length + (scales.Length * sizeof(float));
    }
}
