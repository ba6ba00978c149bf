namespace Reparam.Checkpoints.Import.Onnx;

/// <summary>
/// Finds the tensors of an ONNX model: initializers and the values of Constant nodes, those of subgraphs, functions and training graphs too. Tensors that other
/// operators have as attributes are settings of these, and are noted only.
/// </summary>
internal sealed class OnnxModel
{
    private const int MaxDepth = 64;
    private const int LongestMetadata = 4096;
    private const int MaxMetadata = 1000;

    private readonly Action<OnnxTensor> found;
    private readonly LeftOut leftOut;
    private readonly SortedDictionary<string, string> metadata = new(StringComparer.Ordinal);
    private int settings;

    private OnnxModel(Action<OnnxTensor> found, LeftOut leftOut)
    {
        this.found = found;
        this.leftOut = leftOut;
    }

    /// <summary>Whether a file starts like an ONNX model: a version, then known fields, among them a graph.</summary>
    public static bool IsPlausible(FileRange file)
    {
        try
        {
            var reader = new ProtoReader(ProtoMessage.Of(file));
            for (var (version, field) = (false, 0); field < 64 && reader.Next(); field++)
            {
                switch (reader.Field)
                {
                    case 1:
                        version = reader.ReadInteger() is > 0 and < 1000;
                        break;
                    case 7:
                        return version && reader.Type == WireType.Bytes;
                    case (>= 2 and <= 6) or 8 or 14 or 20 or 25 or 26:
                        reader.Skip();
                        break;
                    default:
                        return false;
                }
            }

            return false;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Walks through a model.</summary>
    /// <param name="file">The file.</param>
    /// <param name="found">Given each tensor.</param>
    /// <param name="leftOut">Takes what is none.</param>
    /// <returns>The model's own metadata, as <c>onnx.KEY</c>.</returns>
    /// <exception cref="FormatException">The file breaks the format.</exception>
    public static IReadOnlyDictionary<string, string> Read(FileRange file, Action<OnnxTensor> found, LeftOut leftOut)
    {
        var model = new OnnxModel(found, leftOut);
        model.ReadModel(file);
        if (model.settings > 0)
        {
            leftOut.Add(() => $"{model.settings} tensors and lists that operators have as attributes");
        }

        return model.metadata;
    }

    private void ReadModel(FileRange file)
    {
        var reader = new ProtoReader(ProtoMessage.Of(file));
        var graphs = 0;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 7:
                    graphs++;
                    ReadGraph(reader.ReadMessage(), "", 0);
                    break;
                case 14:
                    var (key, value) = OnnxTensor.ReadPair(reader.ReadMessage());
                    if (value.Length <= LongestMetadata && metadata.Count < MaxMetadata)
                    {
                        metadata[$"onnx.{key}"] = value;
                    }
                    else
                    {
                        leftOut.Add(() => $"the metadata entry '{key}'");
                    }

                    break;
                case 20:
                    ReadTraining(reader.ReadMessage());
                    break;
                case 25:
                    ReadFunction(reader.ReadMessage());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (graphs == 0)
        {
            throw new FormatException("found no graph, expected an ONNX model");
        }
    }

    private void ReadTraining(ProtoMessage message)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Field is 1 or 2)
            {
                ReadGraph(reader.ReadMessage(), "training.", 0);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private void ReadFunction(ProtoMessage message)
    {
        // Names of nodes are those of the function; functions of one name have different overloads.
        var overload = FirstText(message, 13);
        var name = FirstText(message, 1) + (overload.Length == 0 ? "" : $":{overload}");
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Field == 7)
            {
                ReadNode(reader.ReadMessage(), $"{name}.", 0);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private void ReadGraph(ProtoMessage message, string prefix, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new FormatException($"found subgraphs in more than {MaxDepth} levels");
        }

        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    ReadNode(reader.ReadMessage(), prefix, depth);
                    break;
                case 5:
                    found(OnnxTensor.Read(reader.ReadMessage(), null, prefix));
                    break;
                case 15:
                    ReadSparse(reader.ReadMessage(), null, prefix);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    private void ReadNode(ProtoMessage message, string prefix, int depth)
    {
        var isConstant = FirstText(message, 4) == "Constant" && FirstText(message, 7) is "" or "ai.onnx";
        var constant = isConstant ? prefix + FirstText(message, 2) : null;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Field == 5)
            {
                ReadAttribute(reader.ReadMessage(), constant, prefix, depth);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private void ReadAttribute(ProtoMessage message, string? constant, string prefix, int depth)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 5 when constant is not null:
                    found(OnnxTensor.Read(reader.ReadMessage(), constant, ""));
                    break;
                case 22 when constant is not null:
                    ReadSparse(reader.ReadMessage(), constant, "");
                    break;
                case 6 or 11:
                    ReadGraph(reader.ReadMessage(), prefix, depth + 1);
                    break;
                case 5 or 10 or 22 or 23:
                    settings++;
                    reader.Skip();
                    break;
                case (2 or 3 or 7 or 8) when constant is not null:
                    settings++;
                    reader.Skip();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    private void ReadSparse(ProtoMessage message, string? name, string prefix)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                found(OnnxTensor.Read(reader.ReadMessage(), name, prefix) with { Problem = "found a sparse tensor, expected a dense one" });
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static string FirstText(ProtoMessage message, int field)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            if (reader.Field == field)
            {
                return reader.ReadText();
            }

            reader.Skip();
        }

        return "";
    }
}
