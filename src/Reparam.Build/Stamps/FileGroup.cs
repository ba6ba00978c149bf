using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading;

namespace Reparam.Build.Stamps;

/// <summary>Files that count as one input or output, with the hash of their content and the facts that spare reading them again.</summary>
internal sealed class FileGroup
{
    private const int Attempts = 3;

    /// <summary>Takes what is known.</summary>
    /// <param name="name">What the files are to the build: <c>checkpoint</c>, <c>plan</c>.</param>
    /// <param name="hash">SHA-256 of their bytes, one after the other, in lower-case hexadecimal.</param>
    /// <param name="files">Full path of each file and its facts; null facts where they prove nothing.</param>
    public FileGroup(string name, string hash, IReadOnlyList<KeyValuePair<string, string?>> files)
    {
        Name = name;
        Hash = hash;
        Files = files;
    }

    /// <summary>What the files are to the build.</summary>
    public string Name { get; }

    /// <summary>SHA-256 of their bytes, one after the other.</summary>
    public string Hash { get; }

    /// <summary>Full path and facts of each.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Files { get; }

    /// <summary>Whether all facts are known.</summary>
    public bool IsSettled => Files.All(file => file.Value is not null);

    /// <summary>Reads files. Facts are kept only where they were the same before and after the reading.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static FileGroup Read(string name, IReadOnlyList<string> paths, CancellationToken cancellation = default)
    {
        for (var attempt = 1; ; attempt++)
        {
            var before = Facts(paths);
            var hash = HashOf(paths, cancellation);
            var after = Facts(paths);
            if (before.SequenceEqual(after) || attempt == Attempts)
            {
                return new FileGroup(
                    name, hash, [.. before.Select((file, i) => new KeyValuePair<string, string?>(file.Key, file.Value == after[i].Value ? file.Value : null))]);
            }
        }
    }

    /// <summary>The facts of files, as they are now.</summary>
    public static KeyValuePair<string, string?>[] Facts(IReadOnlyList<string> paths) =>
        [.. paths.Select(path => new KeyValuePair<string, string?>(path, FileFacts.Of(path)))];

    /// <summary>The hash of files, as they are now.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static string HashOf(IReadOnlyList<string> paths, CancellationToken cancellation = default)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        foreach (var path in paths)
        {
            if (FileFacts.IsNoFile(path))
            {
                throw new IOException($"'{path}' is no file");
            }

            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
            for (int count; (count = file.Read(buffer, 0, buffer.Length)) > 0;)
            {
                cancellation.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, count);
            }
        }

        return hash.GetHashAndReset().Aggregate(
            new StringBuilder(), (text, value) => text.Append(value.ToString("x2", System.Globalization.CultureInfo.InvariantCulture))).ToString();
    }

    /// <summary>
    /// This group, when the files still have its content: the facts say so, or else the hash does, and then the result has the new facts. Null where the
    /// content is another or cannot be read.
    /// </summary>
    public FileGroup? Refreshed(IReadOnlyList<string> paths, CancellationToken cancellation = default)
    {
        if (IsSettled && Files.SequenceEqual(Facts(paths)))
        {
            return this;
        }

        try
        {
            var now = Read(Name, paths, cancellation);
            return now.Hash == Hash ? now : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
