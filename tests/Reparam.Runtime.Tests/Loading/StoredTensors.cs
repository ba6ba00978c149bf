using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using StoredType = Reparam.Checkpoints.DType;

namespace Reparam.Runtime.Tests.Loading;

/// <summary>Tensors of a checkpoint, from single-precision values.</summary>
internal static class StoredTensors
{
    public static void Add(this SafetensorsWriter writer, string name, long[] shape, float[] values, StoredType type)
    {
        var bytes = new byte[values.Length * (type == StoredType.F32 ? 4 : 2)];
        ElementConversion.FromSingles(type, values, bytes);
        writer.Add(name, type, shape, bytes);
    }
}
