using System.Text;
using System.Text.Json.Nodes;

namespace Reparam.Fuzz.Mutation;

/// <summary>Mutations of the list of tensors of a safetensors file that leave the file whole: offsets fit shapes and types, so that a reader gets beyond the header.</summary>
internal static class TensorMutator
{
    private const string MetadataKey = "__metadata__";

    private static readonly (string Name, int Bits)[] Types =
    [
        ("F32", 32), ("F64", 64), ("F16", 16), ("BF16", 16), ("I64", 64), ("I32", 32), ("I16", 16), ("I8", 8), ("U8", 8), ("U16", 16), ("U32", 32), ("U64", 64), ("BOOL", 8),
        ("F8_E4M3", 8), ("F4", 4), ("C64", 64),
    ];

    /// <summary>One mutation.</summary>
    /// <param name="random">Says which.</param>
    /// <param name="header">The header's JSON, of a file that is whole.</param>
    /// <param name="data">What follows it.</param>
    /// <returns>Header and data; null if the header lists no tensors.</returns>
    public static (byte[] Header, byte[] Data)? Mutate(Random random, byte[] header, byte[] data)
    {
        var root = JsonNode.Parse(header)!.AsObject();
        var tensors = root.Where(entry => entry.Key != MetadataKey).Select(entry => Tensor.Of(entry.Key, entry.Value!, data)).ToList();
        if (tensors.Count == 0)
        {
            return null;
        }

        Change(random, tensors);
        var written = new JsonObject();
        if (root[MetadataKey] is { } metadata)
        {
            written[MetadataKey] = metadata.DeepClone();
        }

        using var content = new MemoryStream();
        foreach (var tensor in tensors)
        {
            var begin = content.Length;
            content.Write(tensor.Bytes);
            written[tensor.Name] = new JsonObject
            {
                ["dtype"] = tensor.Type,
                ["shape"] = new JsonArray([.. tensor.Shape.Select(dimension => (JsonNode)dimension)]),
                ["data_offsets"] = new JsonArray(begin, content.Length),
            };
        }

        return (Encoding.UTF8.GetBytes(written.ToJsonString()), content.ToArray());
    }

    private static void Change(Random random, List<Tensor> tensors)
    {
        var index = random.Next(tensors.Count);
        var tensor = tensors[index];
        switch (random.Next(8))
        {
            case 0:
                tensors.RemoveAt(index);
                break;
            case 1:
                tensors.Add(tensor with { Name = tensor.Name + (random.Next(3) switch { 0 => ".codes", 1 => "x", _ => ".weight" }) });
                break;
            case 2:
                var other = random.Next(tensors.Count);
                (tensors[index], tensors[other]) = (tensor with { Name = tensors[other].Name }, tensors[other] with { Name = tensor.Name });
                break;
            case 3:
                tensors[index] = tensor.Resized([.. tensor.Shape.Select(dimension => random.Next(2) == 0 ? dimension : Math.Max(0, dimension + random.Next(-2, 3)))]);
                break;
            case 4:
                tensors[index] = tensor.Resized(random.Next(3) switch { 0 => [], 1 => [0], _ => [.. tensor.Shape, 1] });
                break;
            case 5:
                var (name, bits) = Types[random.Next(Types.Length)];
                tensors[index] = tensor with { Type = name, Shape = [tensor.Bytes.Length * 8L / bits], Bytes = tensor.Bytes[..(int)(tensor.Bytes.Length * 8L / bits * bits / 8)] };
                break;
            case 6:
                tensors[index] = tensor with { Shape = [.. tensor.Shape.Reverse()] };
                break;
            default:
                var filled = tensor.Bytes.ToArray();
                filled.AsSpan().Fill((byte)(random.Next(3) switch { 0 => 0, 1 => 0xFF, _ => random.Next(256) }));
                tensors[index] = tensor with { Bytes = filled };
                break;
        }
    }

    private sealed record Tensor(string Name, string Type, long[] Shape, byte[] Bytes)
    {
        public static Tensor Of(string name, JsonNode entry, byte[] data)
        {
            var offsets = entry["data_offsets"]!.AsArray();
            return new Tensor(name, (string)entry["dtype"]!, [.. entry["shape"]!.AsArray().Select(dimension => (long)dimension!)], data[(int)offsets[0]!..(int)offsets[1]!]);
        }

        /// <summary>The tensor in another shape: its bytes are cut off, or repeated.</summary>
        public Tensor Resized(long[] shape)
        {
            var bits = Types.FirstOrDefault(type => type.Name == Type).Bits;
            var bytes = new byte[shape.Aggregate(1L, (product, dimension) => product * dimension) * bits / 8];
            for (var at = 0; at < bytes.Length && Bytes.Length > 0; at += Bytes.Length)
            {
                Bytes.AsSpan(0, Math.Min(Bytes.Length, bytes.Length - at)).CopyTo(bytes.AsSpan(at));
            }

            return this with { Shape = shape, Bytes = bytes };
        }
    }
}
