using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.Methods;

/// <summary>
/// A method at work on the layers of one checkpoint or model. It keeps what they share, such as learned tables. Used by one thread at a time.
/// </summary>
public abstract class MethodSession
{
    /// <summary>Codes one of the session's layers. The same job gives the same bytes, whatever was coded before.</summary>
    /// <param name="job">The weight and its options, which a bit plan may have changed since the session began.</param>
    /// <exception cref="ArgumentException">The options do not fit the layer.</exception>
    /// <exception cref="NonFiniteWeightException">A weight that the layer shares a table with is NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">The job's cancellation was signalled.</exception>
    public abstract CodedLayer Encode(LayerJob job);

    /// <summary>
    /// Bytes of its table that a coded matrix has to bear: a part where several layers will share the table. Default: all of them.
    /// </summary>
    /// <param name="matrix">What <see cref="Encode"/> gave.</param>
    public virtual long SharedBytes(CodedMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return matrix.TableBytes;
    }

    /// <summary>
    /// The other layers of the session whose weights the coding of a layer depends on. Default: none. What is cached of the layer is coded anew when one of
    /// them has other weights.
    /// </summary>
    /// <param name="layer">A layer of the session.</param>
    /// <param name="options">How it is coded.</param>
    public virtual IEnumerable<SessionLayer> SharesWith(SessionLayer layer, MethodOptions options) => [];
}
