using System.Buffers.Binary;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Calibration;
using Reparam.Compression.Methods;

namespace Reparam.Compression.Cache;

/// <summary>
/// What a coding is made from, as one SHA-256: the method, its version and its assembly, the options, the name, shape and values of the weight, its
/// calibration, the state of its layer that is read, the weights of the layers that it shares something with, and this library. Equal keys give equal codings.
/// </summary>
internal static class CodingKey
{
    private const string Form = "reparam coding 2";
    private const int Part = 1 << 24;

    private static readonly ConditionalWeakTable<Gram, byte[]> Grams = [];
    private static readonly ConditionalWeakTable<CodingSessions, Dictionary<string, byte[]>> Shared = [];

    /// <summary>The key of a job, 64 lower-case hexadecimal digits.</summary>
    /// <param name="sessions">The sessions that would code it.</param>
    /// <param name="job">The weight and its options.</param>
    /// <exception cref="OperationCanceledException">The job's cancellation was signalled.</exception>
    public static string Of(CodingSessions sessions, LayerJob job)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var method = job.Options.Method;
        Add(hash, Form);
        Add(hash, Identity(typeof(CodingKey).Assembly));
        Add(hash, Identity(typeof(PackedFormat).Assembly));
        Add(hash, Identity(method.GetType().Assembly));
        Add(hash, method.GetType().FullName!);
        Add(hash, method.Name);
        Add(hash, method.Version);
        Add(hash, job.Options.Json);
        Add(hash, job.Tensor);
        Add(hash, job.Rows);
        Add(hash, job.Columns);
        Add(hash, job.Channels);
        Add(hash, job.IsLookedUp ? 1 : 0);
        hash.AppendData(HashOf(job.Weights, job.Cancellation));
        Add(hash, job.Calibration, job.Cancellation);
        Add(hash, job.State.Count);
        foreach (var (name, values) in job.State.OrderBy(state => state.Key, StringComparer.Ordinal))
        {
            Add(hash, name);
            Add(hash, values.Length);
            hash.AppendData(HashOf(values, job.Cancellation));
        }

        foreach (var layer in sessions.SharesWith(job.Tensor, job.Options))
        {
            Add(hash, layer.Tensor);
            Add(hash, layer.Rows);
            Add(hash, layer.Columns);
            hash.AppendData(HashOf(sessions, layer, job.Cancellation));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // A compiler gives an assembly of other content another identity, whatever its version says.
    private static string Identity(Assembly assembly) => $"{assembly.GetName().FullName} {assembly.ManifestModule.ModuleVersionId}";

    private static void Add(IncrementalHash hash, LayerCalibration? calibration, CancellationToken cancellation)
    {
        Add(hash, calibration is null ? 0 : calibration.Target is null ? 1 : 2);
        if (calibration is null)
        {
            return;
        }

        // Layers with the same inputs have one object.
        if (!Grams.TryGetValue(calibration.Gram, out var moments))
        {
            moments = HashOf(calibration.Gram.Values, cancellation);
            Grams.AddOrUpdate(calibration.Gram, moments);
        }

        Add(hash, calibration.Gram.Columns);
        Add(hash, calibration.Gram.Tokens);
        hash.AppendData(moments);
        if (calibration.Target is { } target)
        {
            hash.AppendData(HashOf(target, cancellation));
        }
    }

    // Each layer that shares a table has all others in its key: each is read once.
    private static byte[] HashOf(CodingSessions sessions, SessionLayer layer, CancellationToken cancellation)
    {
        var known = Shared.GetOrCreateValue(sessions);
        if (!known.TryGetValue(layer.Tensor, out var hash))
        {
            hash = HashOf(layer.Weights(), cancellation);
            known.Add(layer.Tensor, hash);
        }

        return hash;
    }

    private static byte[] HashOf(ReadOnlyMemory<float> values, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var start = 0; start < values.Length; start += Math.Min(Part, values.Length - start))
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(MemoryMarshal.AsBytes(values.Span.Slice(start, Math.Min(Part, values.Length - start))));
        }

        return hash.GetHashAndReset();
    }

    private static void Add(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Add(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Add(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
