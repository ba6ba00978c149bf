using System.Collections.Concurrent;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Methods;
using Reparam.Compression.Plans;

namespace Reparam.Compression.Allocation;

/// <summary>
/// Codings that measuring has made, so that the one that is chosen is not made again. What does not fit is coded twice and gives the same bytes.
/// </summary>
/// <param name="capacity">Maximum bytes of codings to keep, 128 MiB if left out: memory must not grow with the checkpoint.</param>
public sealed class CodedLayerCache(long capacity = 128L << 20)
{
    private readonly ConcurrentDictionary<(string Tensor, MethodOptions Options), CodedLayer> layers = new();
    private long bytes;

    /// <summary>Keeps a coding if there is space.</summary>
    public void Add(string tensor, MethodOptions options, CodedLayer coded)
    {
        ArgumentNullException.ThrowIfNull(coded);
        var size = Size(coded.Matrix);
        if (Interlocked.Add(ref bytes, size) > capacity || !layers.TryAdd((tensor, options), coded))
        {
            Interlocked.Add(ref bytes, -size);
        }
    }

    /// <summary>The coding of a layer, if it was kept. It is given out once.</summary>
    public CodedLayer? Take(LayerPlan layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (!layers.TryRemove((layer.Tensor, layer.Options), out var coded))
        {
            return null;
        }

        Interlocked.Add(ref bytes, -Size(coded.Matrix));
        return coded;
    }

    /// <summary>Forgets what no layer of a plan will ask for.</summary>
    public void Keep(IEnumerable<LayerPlan> plan)
    {
        var wanted = plan.Select(layer => (layer.Tensor, layer.Options)).ToHashSet();
        foreach (var key in layers.Keys.Where(key => !wanted.Contains(key)))
        {
            Take(new LayerPlan(key.Tensor, key.Options));
        }
    }

    private static long Size(CodedMatrix matrix) => matrix.StoredBytes + matrix.TableBytes;
}
