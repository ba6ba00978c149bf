using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using Reparam.Merging.Engine;

namespace Reparam.Merging.Tests;

/// <summary>A temporary folder with checkpoints.</summary>
internal sealed class CheckpointFolder : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparam-merging-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public string PathOf(string name) => Path.Combine(folder, name);

    /// <summary>Files of the folder, without those given.</summary>
    public IEnumerable<string> Others(params string[] known) =>
        Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).OfType<string>().Except(known).Order(StringComparer.Ordinal);

    /// <summary>Writes a checkpoint whose tensors are vectors.</summary>
    public string Write(string name, DType dtype, params (string Name, double[] Values)[] tensors) =>
        Write(name, writer => Array.ForEach(tensors, tensor => Add(writer, tensor.Name, dtype, [tensor.Values.Length], tensor.Values)));

    public string Write(string name, Action<SafetensorsWriter> fill)
    {
        var writer = new SafetensorsWriter();
        fill(writer);
        writer.Write(PathOf(name));
        return PathOf(name);
    }

    public static void Add(SafetensorsWriter writer, string name, DType dtype, long[] shape, double[] values)
    {
        var bytes = new byte[values.Length * dtype.BitSize() / 8];
        switch (dtype)
        {
            case DType.F64:
                MemoryMarshal.AsBytes<double>(values).CopyTo(bytes);
                break;
            default:
                ElementConversion.FromSingles(dtype, values.Select(value => (float)value).ToArray(), bytes);
                break;
        }

        writer.Add(name, dtype, shape, bytes);
    }

    /// <summary>Runs an operation on files of the folder. Options are written <c>name=value</c>.</summary>
    public OperationReport Run(string operation, string[] inputs, string? baseFile, string output, params string[] options) =>
        OperationRunner.Run(Request(operation, inputs, baseFile, output, options));

    public OperationRequest Request(string operation, string[] inputs, string? baseFile, string output, params string[] options) => new()
    {
        Operation = operation,
        Inputs = [.. inputs.Select(PathOf)],
        Base = baseFile is null ? null : PathOf(baseFile),
        Output = PathOf(output),
        Options = [.. options.Select(option => option.Split('=', 2)).Select(parts => new KeyValuePair<string, string>(parts[0], parts[1]))],
    };

    public byte[] Bytes(string file) => File.ReadAllBytes(PathOf(file));

    public byte[] Bytes(string file, string tensor)
    {
        using var checkpoint = Checkpoint.Open(PathOf(file));
        return checkpoint.Bytes(tensor).ToArray();
    }

    /// <summary>A tensor as doubles, whatever its floating type.</summary>
    public double[] Values(string file, string tensor)
    {
        using var checkpoint = Checkpoint.Open(PathOf(file));
        var info = checkpoint.Info(tensor);
        var values = new double[info.ElementCount];
        FloatElements.ToDoubles(info.DType, checkpoint.Bytes(tensor), values);
        return values;
    }

    public IReadOnlyDictionary<string, string> Metadata(string file)
    {
        using var checkpoint = Checkpoint.Open(PathOf(file));
        return checkpoint.Metadata.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    /// <summary>Problems of a run that must fail.</summary>
    public static ImmutableArray<OperationProblem> Problems(Action run) => Assert.Throws<CheckpointOperationException>(run).Problems;
}
