namespace Reparam.Benchmarks.Peers;

/// <summary>A node of an ONNX graph.</summary>
/// <param name="Message">The node's NodeProto.</param>
internal sealed record OnnxNode(ProtoMessage Message)
{
    /// <summary>Names of its inputs; empty for one that is left out.</summary>
    public List<string> Inputs { get; } = Message.Texts(1);

    /// <summary>Names of its outputs.</summary>
    public List<string> Outputs { get; } = Message.Texts(2);

    /// <summary>Name of the operator.</summary>
    public string Operator { get; } = Message.Texts(4).FirstOrDefault("");

    /// <summary>A node, named for its first output.</summary>
    /// <param name="operator">Name of the operator.</param>
    /// <param name="inputs">Names of its inputs.</param>
    /// <param name="outputs">Names of its outputs.</param>
    /// <param name="attributes">AttributeProto messages.</param>
    public static OnnxNode Of(string @operator, string[] inputs, string[] outputs, params ProtoMessage[] attributes)
    {
        var message = new ProtoMessage();
        foreach (var input in inputs)
        {
            message.Add(1, input);
        }

        foreach (var output in outputs)
        {
            message.Add(2, output);
        }

        message.Add(3, $"{@operator}.{outputs[0]}").Add(4, @operator);
        foreach (var attribute in attributes)
        {
            message.Add(5, attribute);
        }

        return new OnnxNode(message);
    }
}
