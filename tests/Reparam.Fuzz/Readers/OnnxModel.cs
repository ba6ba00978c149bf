using System.Text;

namespace Reparam.Fuzz.Readers;

/// <summary>A small ONNX model, field by field.</summary>
internal static class OnnxModel
{
    /// <summary>Tensors as raw bytes, as numbers, in another file, in a constant and in a subgraph.</summary>
    public static byte[] Make()
    {
        byte[] floats = [.. Weights.Numbers(6, 5).SelectMany(BitConverter.GetBytes)];
        byte[] raw = [.. Field(1, [3, 2]), 0x10, 1, .. Field(8, "raw"), .. Field(9, floats)];
        byte[] packed = [.. Field(1, [6]), 0x10, 1, .. Field(4, floats), .. Field(8, "packed")];
        byte[] integers = [0x08, 2, 0x10, 9, .. Field(5, [1, 0]), .. Field(8, "integers")];
        byte[] external = [.. Field(1, [4]), 0x10, 1, .. Field(8, "external"), .. Entry("location", "weights.bin"), .. Entry("offset", "8"), .. Entry("length", "16"), 0x70, 1];
        byte[] constant = [.. Field(2, "c"), .. Field(4, "Constant"), .. Field(5, [.. Field(1, "value"), .. Field(5, [0x08, 1, 0x10, 7, .. Field(7, [42])])])];
        byte[] branch = [.. Field(2, "y"), .. Field(4, "If"), .. Field(5, [.. Field(1, "then_branch"), .. Field(6, Field(5, [0x10, 1, .. Field(8, "inner"), .. Field(9, floats[..4])]))])];
        byte[] graph = [.. Field(1, constant), .. Field(1, branch), .. Field(2, "g"), .. Field(5, raw), .. Field(5, packed), .. Field(5, integers), .. Field(5, external)];
        return [0x08, 8, .. Field(2, "fuzz"), .. Field(7, graph), .. Field(14, [.. Field(1, "author"), .. Field(2, "nobody")])];
    }

    private static byte[] Entry(string key, string value) => Field(13, [.. Field(1, key), .. Field(2, value)]);

    private static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int number, byte[] bytes) =>
        bytes.Length < 0x80 ? [(byte)((number << 3) | 2), (byte)bytes.Length, .. bytes] : [(byte)((number << 3) | 2), (byte)(bytes.Length | 0x80), (byte)(bytes.Length >> 7), .. bytes];
}
