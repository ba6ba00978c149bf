namespace Reparam.Checkpoints.Import.Onnx;

/// <summary>A node of a graph: what it does with which values.</summary>
/// <param name="Type">The operator; empty for one that is not ONNX's own.</param>
/// <param name="Name">The node's name; empty if it has none.</param>
/// <param name="Inputs">Names of the values that it takes.</param>
/// <param name="Outputs">Names of the values that it gives.</param>
/// <param name="IsTransposed">True for a Gemm whose second operand is [out, in].</param>
internal sealed record OnnxNode(string Type, string Name, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, bool IsTransposed)
{
    // No operator whose operands are looked at has more.
    private const int MaxOperands = 4;

    /// <summary>Reads a node.</summary>
    /// <param name="message">Its place.</param>
    /// <exception cref="FormatException">The bytes are no message.</exception>
    public static OnnxNode Read(ProtoMessage message)
    {
        var reader = new ProtoReader(message);
        var (type, name, domain, isTransposed) = ("", "", "", false);
        List<string> inputs = [];
        List<string> outputs = [];
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1 when inputs.Count < MaxOperands:
                    inputs.Add(reader.ReadText());
                    break;
                case 2 when outputs.Count < MaxOperands:
                    outputs.Add(reader.ReadText());
                    break;
                case 3:
                    name = reader.ReadText();
                    break;
                case 4:
                    type = reader.ReadText();
                    break;
                case 5:
                    isTransposed |= IsTransB(reader.ReadMessage());
                    break;
                case 7:
                    domain = reader.ReadText();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new OnnxNode(domain is "" or "ai.onnx" ? type : "", name, inputs, outputs, isTransposed);
    }

    private static bool IsTransB(ProtoMessage message)
    {
        var reader = new ProtoReader(message);
        var (name, value) = ("", 0L);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    name = reader.ReadText();
                    break;
                case 3:
                    value = reader.ReadInteger();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return name == "transB" && value != 0;
    }
}
