using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using static TorchSharp.torch;

namespace Reparam.Training;

/// <summary>TorchSharp tensors to and from stored bytes.</summary>
internal static class TensorStorage
{
    // Elements copied at a time: spans end at 2 GiB.
    private const long Part = 1 << 26;

    /// <summary>The stored type of a tensor type.</summary>
    /// <exception cref="ArgumentException">The format has no such type.</exception>
    public static DType StoredType(ScalarType type) => type switch
    {
        ScalarType.Float32 => DType.F32,
        ScalarType.Float64 => DType.F64,
        ScalarType.Float16 => DType.F16,
        ScalarType.BFloat16 => DType.BF16,
        ScalarType.Int64 => DType.I64,
        ScalarType.Int32 => DType.I32,
        ScalarType.Int16 => DType.I16,
        ScalarType.Int8 => DType.I8,
        ScalarType.Byte => DType.U8,
        ScalarType.Bool => DType.Bool,
        ScalarType.ComplexFloat32 => DType.C64,
        _ => throw new ArgumentException(
            $"found a tensor of type {type}, expected one of the types of a safetensors file: a float of 16 to 64 bits, an integer, Bool or ComplexFloat32",
            nameof(type)),
    };

    /// <summary>The tensor type of a stored type; null if TorchSharp has none.</summary>
    public static ScalarType? LoadedType(DType type) => type switch
    {
        DType.F32 => ScalarType.Float32,
        DType.F64 => ScalarType.Float64,
        DType.F16 => ScalarType.Float16,
        DType.BF16 => ScalarType.BFloat16,
        DType.I64 => ScalarType.Int64,
        DType.I32 => ScalarType.Int32,
        DType.I16 => ScalarType.Int16,
        DType.I8 => ScalarType.Int8,
        DType.U8 => ScalarType.Byte,
        DType.Bool => ScalarType.Bool,
        DType.C64 => ScalarType.ComplexFloat32,
        _ => null,
    };

    /// <summary>True if values of the stored type can be taken over by a tensor of a type: the same type, or both floating point.</summary>
    public static bool Converts(DType stored, ScalarType type) =>
        LoadedType(stored) is { } loaded && (loaded == type || (loaded.IsFloatingPoint() && type.IsFloatingPoint()));

    /// <summary>Adds a tensor to a file. Its bytes are read when the file is written.</summary>
    /// <param name="writer">The file.</param>
    /// <param name="name">Name in the file.</param>
    /// <param name="tensor">Any device and layout; must live until the write.</param>
    /// <exception cref="ArgumentException">The format has no such type; the message names the tensor.</exception>
    public static void Add(SafetensorsWriter writer, string name, Tensor tensor)
    {
        DType type;
        try
        {
            type = StoredType(tensor.dtype);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"'{name}': {e.Message}", nameof(tensor), e);
        }

        writer.Add(name, type, tensor.shape, (destination, token) => Write(tensor, destination, token));
    }

    /// <summary>Reads a stored tensor in its own type.</summary>
    /// <param name="checkpoint">The file.</param>
    /// <param name="name">Name in the file.</param>
    public static Tensor Read(ICheckpoint checkpoint, string name)
    {
        var info = checkpoint.Info(name);
        var tensor = empty([.. info.Shape], LoadedType(info.DType)!.Value);
        using var scope = NewDisposeScope();
        var flat = tensor.view(-1);
        var reader = new TensorReader(checkpoint, name);
        for (long start = 0; start < info.ElementCount; start += Part)
        {
            var count = Math.Min(Part, info.ElementCount - start);
            reader.Read(flat.narrow(0, start, count).bytes);
        }

        return tensor;
    }

    private static void Write(Tensor tensor, Stream destination, CancellationToken token)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var flat = tensor.detach().cpu().contiguous().view(-1);
        for (long start = 0; start < flat.numel(); start += Part)
        {
            token.ThrowIfCancellationRequested();
            destination.Write(flat.narrow(0, start, Math.Min(Part, flat.numel() - start)).bytes);
        }
    }

    private static bool IsFloatingPoint(this ScalarType type) =>
        type is ScalarType.Float32 or ScalarType.Float64 or ScalarType.Float16 or ScalarType.BFloat16;
}
