using System.Collections.Immutable;
using System.Security.Cryptography;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Import;
using Reparam.Checkpoints.Packed;
using Reparam.Merging.Diagnostics;

namespace Reparam.Merging.Engine;

/// <summary>All opened checkpoints of an operation.</summary>
internal sealed class SourceSet : IDisposable
{
    private readonly List<string> scratch = [];
    private readonly List<Source> opened = [];

    private SourceSet()
    {
    }

    /// <summary>The inputs in the user's order.</summary>
    public ImmutableArray<Source> Inputs { get; private set; } = [];

    /// <summary>The base; null for none.</summary>
    public Source? Base { get; private set; }

    /// <summary>The checkpoint that says which tensors the result has: the base, or without one the first input.</summary>
    public Source Reference => Base ?? Inputs[0];

    /// <summary>All, the reference first.</summary>
    public IEnumerable<Source> All => Base is null ? Inputs : Inputs.Prepend(Base);

    /// <summary>SHA-256 of each by its path.</summary>
    public IReadOnlyDictionary<string, string> Hashes =>
        All.DistinctBy(source => source.Path).ToDictionary(source => source.Path, source => source.Hash, StringComparer.Ordinal);

    /// <summary>Opens all. A foreign format is converted into a temporary file first.</summary>
    /// <exception cref="CheckpointException">A file cannot be read, or is of no format that can be.</exception>
    /// <exception cref="CheckpointOperationException">RPB0174: a packed file.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static SourceSet Open(IReadOnlyList<string> inputs, string? baseFile, CancellationToken cancellation)
    {
        var set = new SourceSet();
        try
        {
            set.Base = baseFile is null ? null : set.OpenOne(baseFile, cancellation);
            set.Inputs = [.. inputs.Select(input => set.OpenOne(input, cancellation))];
            var packed = set.All.Where(source => PackedFile.IsPacked(source.Checkpoint))
                .Select(source => new OperationProblem(
                    source.Path, OperationCodes.PackedInput,
                    "found a packed file, expected a dense checkpoint: 'reparam decompress' makes one of it, or take the checkpoint that it was packed from"))
                .ToImmutableArray();
            return packed.IsEmpty ? set : throw new CheckpointOperationException(packed);
        }
        catch
        {
            set.Dispose();
            throw;
        }
    }

    /// <summary>Requires that no file was written to since it was opened.</summary>
    /// <exception cref="CheckpointException">One was.</exception>
    public void RequireUnchanged() => opened.ForEach(source => source.Checkpoint.RequireUnchanged());

    /// <inheritdoc/>
    public void Dispose()
    {
        opened.ForEach(source => source.Dispose());
        foreach (var folder in scratch)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // A temporary folder that cannot be removed does no harm.
            }
        }
    }

    private Source OpenOne(string path, CancellationToken cancellation)
    {
        var checkpoint = IsForeign(path) ? Import(path, cancellation) : Checkpoint.Open(path);
        try
        {
            ContentVerification.Verify(checkpoint, cancellation);
            var hash = scratch.Contains(System.IO.Path.GetDirectoryName(checkpoint.Path)!) ? HashOf(path, cancellation)
                : Checkpoint.ComputeHash(checkpoint, cancellation);
            var source = new Source(path, checkpoint, hash);
            opened.Add(source);
            return source;
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    private ICheckpoint Import(string path, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("reparam-").FullName;
        scratch.Add(folder);
        var file = System.IO.Path.Combine(folder, "imported.safetensors");
        CheckpointImporter.Import(path, file, cancellationToken: cancellation);
        return Checkpoint.Open(file);
    }

    // A safetensors file has its header's brace behind eight bytes of length. What is no file is told by whoever opens it.
    private static bool IsForeign(string path)
    {
        if (Directory.Exists(path) || path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || !File.Exists(path))
        {
            return false;
        }

        InputFile.RequireFile(path);
        try
        {
            var start = new byte[9];
            using (var file = File.OpenRead(path))
            {
                if (file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || (start[8] == '{' && start[6] == 0 && start[7] == 0))
                {
                    return false;
                }
            }

            CheckpointImporter.Detect(path);
            return true;
        }
        catch (Exception exception) when (exception is CheckpointException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string HashOf(string path, CancellationToken cancellation)
    {
        using var file = File.OpenRead(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        for (int count; (count = file.Read(buffer)) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, count);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
