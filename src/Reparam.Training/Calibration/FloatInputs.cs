namespace Reparam.Training;

/// <summary>What reaches every layer of the float model, kept in memory.</summary>
internal sealed class FloatInputs<TBatch> : IDisposable
{
    private readonly Dictionary<LayerGroup, List<SeenInputs>> inputs = [];

    private FloatInputs()
    {
    }

    /// <summary>Runs the float model; null where the inputs would not fit.</summary>
    /// <param name="groups">The layers.</param>
    /// <param name="batches">The text.</param>
    /// <param name="forward">Runs the model.</param>
    /// <param name="sampling">How many input vectors of a convolution are kept.</param>
    /// <param name="limit">Bytes that the inputs may take.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static FloatInputs<TBatch>? Record(
        IReadOnlyList<LayerGroup> groups, IReadOnlyList<TBatch> batches, Action<TBatch> forward, PlaceSampling sampling, long limit,
        CancellationToken cancellation)
    {
        var found = new FloatInputs<TBatch>();
        if (groups.Count == 0)
        {
            return found;
        }

        try
        {
            using var tap = new ForwardTap(groups, sampling, batches.Count, cancellation);
            var bytes = 0L;
            foreach (var (index, batch) in batches.Index())
            {
                foreach (var (group, seen) in groups.Zip(tap.Run(index, () => forward(batch))))
                {
                    if (!found.inputs.TryGetValue(group, out var list))
                    {
                        found.inputs.Add(group, list = []);
                    }

                    list.Add(seen);
                    bytes += seen.Bytes;
                }

                // As a rule the first batch tells.
                if (bytes / (index + 1.0) * batches.Count > limit)
                {
                    found.Dispose();
                    return null;
                }
            }

            return found;
        }
        catch
        {
            found.Dispose();
            throw;
        }
    }

    /// <summary>Hands over the inputs of a group, one for each batch.</summary>
    public IReadOnlyList<SeenInputs> Take(LayerGroup group)
    {
        inputs.Remove(group, out var list);
        return list!;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var list in inputs.Values)
        {
            Dispose(list);
        }

        inputs.Clear();
    }

    /// <summary>Disposes of some inputs.</summary>
    public static void Dispose(IEnumerable<SeenInputs>? seen)
    {
        foreach (var inputs in seen ?? [])
        {
            inputs.Dispose();
        }
    }
}
