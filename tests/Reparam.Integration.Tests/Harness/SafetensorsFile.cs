using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Reparam.Integration.Tests.Harness;

/// <summary>Writes float32 checkpoints by the letter of the format, with no help of the code under test.</summary>
internal static class SafetensorsFile
{
    public static void Write(string path, params (string Name, int[] Shape, float[] Values)[] tensors)
    {
        var header = new Dictionary<string, object>();
        var position = 0;
        foreach (var (name, shape, values) in tensors)
        {
            header[name] = new { dtype = "F32", shape, data_offsets = new[] { position, position + 4 * values.Length } };
            position += 4 * values.Length;
        }

        var json = JsonSerializer.Serialize(header);
        var padded = Encoding.UTF8.GetBytes(json.PadRight((json.Length + 7) / 8 * 8));
        using var file = File.Create(path);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)padded.Length);
        file.Write(length);
        file.Write(padded);
        foreach (var (_, _, values) in tensors)
        {
            file.Write(MemoryMarshal.AsBytes<float>(values));
        }
    }

    /// <summary>Names of the tensors in a file.</summary>
    public static IReadOnlyList<string> Names(string path)
    {
        var bytes = File.ReadAllBytes(path);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes)));
        return [.. header.RootElement.EnumerateObject().Select(member => member.Name).Where(name => name != "__metadata__")];
    }

    /// <summary>Shape of a tensor in a file.</summary>
    public static int[] Shape(string path, string name)
    {
        var bytes = File.ReadAllBytes(path);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes)));
        return [.. header.RootElement.GetProperty(name).GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())];
    }

    /// <summary>The same normally distributed numbers for the same seed.</summary>
    public static float[] Gaussian(int count, int seed, double scale)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }
}
