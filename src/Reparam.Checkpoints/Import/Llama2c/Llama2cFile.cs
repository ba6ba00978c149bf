using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Import.Llama2c;

/// <summary>
/// A checkpoint in the legacy format of llama2.c: header, token embedding, then each kind of weight for all layers in a row, the final norm, two tables of
/// rotary angles (which are computed, not learned) and the classifier when it is not shared. All float32.
/// </summary>
internal sealed class Llama2cFile : IForeignCheckpoint
{
    private readonly SafeFileHandle handle;

    private Llama2cFile(SafeFileHandle handle, Llama2cHeader header, IReadOnlyList<TensorToWrite> tensors)
    {
        this.handle = handle;
        Tensors = tensors;
        Metadata = new Dictionary<string, string> { ["reparam.config"] = header.ToConfigJson() };
    }

    public IReadOnlyList<TensorToWrite> Tensors { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <exception cref="CheckpointException">The file cannot be read, or its length is not what its header says.</exception>
    public static Llama2cFile Open(string path, ImportSelection selection)
    {
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path, options: FileOptions.SequentialScan);
            var length = RandomAccess.GetLength(handle);
            var start = new byte[Llama2cHeader.Length];
            if (length < start.Length || RandomAccess.Read(handle, start, 0) < start.Length)
            {
                throw new CheckpointException(
                    path, null, CheckpointRule.Import,
                    $"found a file of {length} bytes, expected at least the {start.Length} of a llama2.c header");
            }

            var header = Llama2cHeader.Parse(path, start);

            // Before any tensor is laid out: the sizes of a header of nonsense would overflow.
            var expected = ExpectedLength(header);
            if (length != expected)
            {
                throw new CheckpointException(
                    path, null, CheckpointRule.Import,
                    $"found a file of {length} bytes, expected {expected} for {header.ToConfigJson()}");
            }

            selection.LeftOut.Add(() => $"two tables of rotary angles [{header.MaxSequenceLength}, {header.HeadDim / 2}]: the model computes them");
            return new Llama2cFile(handle, header, Layout(handle, path, header, selection));
        }
        catch (Exception exception)
        {
            handle?.Dispose();
            if (AtomicFile.IsFileSystemError(exception))
            {
                throw new CheckpointException(path, null, CheckpointRule.Readable, $"the file cannot be read: {exception.Message}", exception);
            }

            throw;
        }
    }

    public void Dispose() => handle.Dispose();

    private static List<TensorToWrite> Layout(SafeFileHandle handle, string path, Llama2cHeader header, ImportSelection selection)
    {
        var tensors = new List<TensorToWrite>();
        long offset = Llama2cHeader.Length;

        void Add(string name, params ImmutableArray<long> shape)
        {
            var info = new TensorInfo(name, DType.F32, shape);
            if (!selection.Skips(name, info.Describe))
            {
                tensors.Add(new TensorToWrite(info, FileRange.Source(handle, path, offset, info.ByteLength)));
            }

            offset += info.ByteLength;
        }

        void AddToEachLayer(string name, params ImmutableArray<long> shape)
        {
            for (var layer = 0; layer < header.Layers; layer++)
            {
                Add($"layers.{layer}.{name}", shape);
            }
        }

        Add("tok_embeddings.weight", header.VocabularySize, header.Dim);
        AddToEachLayer("attention_norm.weight", header.Dim);
        AddToEachLayer("attention.wq.weight", header.Dim, header.Dim);
        AddToEachLayer("attention.wk.weight", header.KeyValueDim, header.Dim);
        AddToEachLayer("attention.wv.weight", header.KeyValueDim, header.Dim);
        AddToEachLayer("attention.wo.weight", header.Dim, header.Dim);
        AddToEachLayer("ffn_norm.weight", header.Dim);
        AddToEachLayer("feed_forward.w1.weight", header.HiddenDim, header.Dim);
        AddToEachLayer("feed_forward.w2.weight", header.Dim, header.HiddenDim);
        AddToEachLayer("feed_forward.w3.weight", header.HiddenDim, header.Dim);
        Add("norm.weight", header.Dim);
        offset += 2L * sizeof(float) * header.MaxSequenceLength * (header.HeadDim / 2);
        if (!header.SharedClassifier)
        {
            Add("output.weight", header.VocabularySize, header.Dim);
        }

        return tensors;
    }

    private static Int128 ExpectedLength(Llama2cHeader header)
    {
        Int128 dim = header.Dim, hidden = header.HiddenDim, vocabulary = header.VocabularySize;
        var layer = (2 * dim) + (2 * dim * dim) + (2 * dim * header.KeyValueDim) + (3 * dim * hidden);
        var rotary = (Int128)2 * header.MaxSequenceLength * (header.HeadDim / 2);
        var floats = (vocabulary * dim) + (header.Layers * layer) + dim + rotary + (header.SharedClassifier ? 0 : vocabulary * dim);
        return Llama2cHeader.Length + (sizeof(float) * floats);
    }
}
