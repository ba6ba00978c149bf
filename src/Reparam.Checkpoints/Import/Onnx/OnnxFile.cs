using System.Buffers.Binary;
using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Import.Onnx;

/// <summary>An open ONNX model, with the elements of its tensors in the file or in files beside it. Nothing of the model is run.</summary>
internal sealed class OnnxFile : IForeignCheckpoint
{
    private readonly string path;
    private readonly SafeFileHandle handle;
    private readonly ImportSelection selection;
    private readonly List<TensorToWrite> tensors = [];
    private readonly NameBudget names = new();
    private readonly OnnxExternalData external;

    private OnnxFile(string path, SafeFileHandle handle, ImportSelection selection)
    {
        this.path = path;
        this.handle = handle;
        this.selection = selection;
        external = new OnnxExternalData(path);
        var file = new FileRange(handle, 0, RandomAccess.GetLength(handle));
        var found = new List<OnnxTensor>();
        Metadata = OnnxModel.Read(
            file,
            tensor =>
            {
                names.Add(tensor.Name);
                found.Add(tensor);
            },
            selection.LeftOut);
        var layers = selection.IsRaw ? ImmutableDictionary<string, OnnxLayer>.Empty : OnnxLayers.Read(file, Ranks(found));
        var constants = found.Where(tensor => !selection.IsRaw && !layers.ContainsKey(tensor.Name) && IsConstant(tensor)).ToArray();
        if (constants.Length > 0)
        {
            selection.LeftOut.Add(() =>
                $"{constants.Length} constants of the graph's arithmetic ({string.Join(", ", constants.Take(3).Select(tensor => tensor.Name))}, ...); "
                + "--raw keeps them");
        }

        foreach (var tensor in found.Except(constants, ReferenceEqualityComparer.Instance).Cast<OnnxTensor>())
        {
            Add(tensor, layers.TryGetValue(tensor.Name, out var layer) ? layer : null);
        }
    }

    public IReadOnlyList<TensorToWrite> Tensors => tensors;

    public IReadOnlyDictionary<string, string> Metadata { get; }

    public IEnumerable<string> OtherFiles => external.Files;

    /// <exception cref="CheckpointException">The file cannot be read, or breaks its format.</exception>
    public static OnnxFile Open(string path, ImportSelection selection)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path);
            return new OnnxFile(path, handle, selection);
        }
        catch (Exception exception)
        {
            handle?.Dispose();
            if (exception is FormatException or EndOfStreamException)
            {
                throw new CheckpointException(path, null, CheckpointRule.Import, exception.Message, exception);
            }

            if (AtomicFile.IsFileSystemError(exception))
            {
                throw new CheckpointException(path, null, CheckpointRule.Readable, $"the file cannot be read: {exception.Message}", exception);
            }

            throw;
        }
    }

    public void Dispose() => handle.Dispose();

    // The shapes, axes and factors of an exported forward. A weight has a name, or is a floating-point tensor of several values.
    private static bool IsConstant(OnnxTensor tensor) =>
        OnnxLayers.IsNumbered(tensor.Name) && (!IsFloat(tensor) || tensor.Shape.All(size => size == 1)) && tensor.Problem is null;

    private static bool IsFloat(OnnxTensor tensor) => OnnxType.Of(tensor.TypeNumber)?.DType is DType.F32 or DType.F16 or DType.BF16 or DType.F64;

    private static Dictionary<string, int> Ranks(IEnumerable<OnnxTensor> tensors)
    {
        var ranks = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var tensor in tensors.Where(IsFloat))
        {
            ranks.TryAdd(tensor.Name, tensor.Shape.Length);
        }

        return ranks;
    }

    private void Add(OnnxTensor tensor, OnnxLayer? layer)
    {
        var type = OnnxType.Of(tensor.TypeNumber);
        if (layer is { } known && selection.Skips(known.Name, () => $"the tensor '{tensor.Name}' of the file"))
        {
            return;
        }

        if (selection.Skips(tensor.Name, () => $"a tensor of type {type?.Name ?? "unknown"}, shape [{string.Join(", ", tensor.Shape)}]"))
        {
            return;
        }

        if (tensor.Problem is { } problem)
        {
            throw Refused(tensor, problem);
        }

        if (type?.DType is not { } dtype)
        {
            throw Refused(tensor, $"found type {type?.Name ?? $"number {tensor.TypeNumber}"}, which has no counterpart in safetensors");
        }

        if (Sizing.Problem(dtype, tensor.Shape.AsSpan(), out var elements, out var bytes) is { } size)
        {
            throw Refused(tensor, size);
        }

        var source = Source(tensor, type, elements, bytes);
        if (layer is not { IsTransposed: true } turned)
        {
            tensors.Add(new TensorToWrite(new TensorInfo(layer?.Name ?? tensor.Name, dtype, tensor.Shape), source));
            return;
        }

        if (bytes > Array.MaxLength)
        {
            throw Refused(
                tensor, $"found {bytes} bytes of a matrix to be transposed into '{turned.Name}', expected at most {Array.MaxLength}; --raw keeps it as it is");
        }

        var (rows, columns) = ((int)tensor.Shape[1], (int)tensor.Shape[0]);
        tensors.Add(new TensorToWrite(
            new TensorInfo(turned.Name, dtype, [rows, columns]), source.Transposed(rows, columns, dtype.BitSize() / 8)));
    }

    private TensorSource Source(OnnxTensor tensor, OnnxType type, long elements, long bytes)
    {
        if (tensor.External is { } entries)
        {
            return external.Source(entries, bytes, problem => Refused(tensor, problem));
        }

        if (tensor.Field != 0)
        {
            if (tensor.Field != type.Field)
            {
                throw Refused(tensor, $"found elements in field {tensor.Field}, expected field {type.Field} for type {type.Name}");
            }

            // Divided, not multiplied: the number of elements may be near 2^63.
            if (tensor.Numbers % type.NumbersPerElement != 0 || tensor.Numbers / type.NumbersPerElement != elements)
            {
                throw Refused(tensor, $"found {tensor.Numbers} numbers, expected those of {elements} elements");
            }

            return (destination, cancellationToken) => WriteNumbers(tensor, type, destination, cancellationToken);
        }

        var raw = tensor.Raw ?? new FileRange(handle, 0, 0);
        return raw.Length == bytes
            ? FileRange.Source(handle, path, raw.Offset, bytes)
            : throw Refused(tensor, $"found {raw.Length} bytes of elements, expected {bytes}");
    }

    private void WriteNumbers(OnnxTensor tensor, OnnxType type, Stream destination, CancellationToken cancellationToken)
    {
        if (tensor.HasPlainNumbers())
        {
            foreach (var range in tensor.PackedRanges())
            {
                range.ForEachPart(part => destination.Write(part), cancellationToken);
            }

            return;
        }

        var size = type.DType!.Value.BitSize() / 8 / type.NumbersPerElement;
        var buffer = new byte[1 << 16];
        var filled = 0;
        Span<byte> bits = stackalloc byte[sizeof(ulong)];
        foreach (var number in tensor.ReadNumbers())
        {
            if (!Fits(number, type.DType.Value))
            {
                throw Refused(tensor, $"found the number {unchecked((long)number)}, expected one of type {type.Name}");
            }

            BinaryPrimitives.WriteUInt64LittleEndian(bits, number);
            bits[..size].CopyTo(buffer.AsSpan(filled));
            filled += size;
            if (filled == buffer.Length)
            {
                cancellationToken.ThrowIfCancellationRequested();
                destination.Write(buffer);
                filled = 0;
            }
        }

        destination.Write(buffer, 0, filled);
    }

    // Numbers of other types are whole elements, or their bits.
    private static bool Fits(ulong number, DType type) => type switch
    {
        DType.Bool => number <= 1,
        DType.I8 => (long)number is >= sbyte.MinValue and <= sbyte.MaxValue,
        DType.I16 => (long)number is >= short.MinValue and <= short.MaxValue,
        DType.I32 => (long)number is >= int.MinValue and <= int.MaxValue,
        DType.U8 or DType.F8E4M3 or DType.F8E4M3Fnuz or DType.F8E5M2 or DType.F8E5M2Fnuz or DType.F8E8M0 => number <= byte.MaxValue,
        DType.U16 or DType.F16 or DType.BF16 => number <= ushort.MaxValue,
        DType.U32 => number <= uint.MaxValue,
        _ => true,
    };

    private CheckpointException Refused(OnnxTensor tensor, string problem) =>
        new(path, tensor.Name, CheckpointRule.Import, $"{problem}; --skip leaves it out");
}
