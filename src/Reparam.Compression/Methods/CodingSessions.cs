using System.Globalization;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Plans;

namespace Reparam.Compression.Methods;

/// <summary>The sessions of all methods that code layers of one checkpoint or model, each begun once.</summary>
public sealed class CodingSessions
{
    private readonly Dictionary<PostTrainingMethod, MethodSession> sessions = [];
    private readonly Dictionary<string, SessionLayer> layers;

    /// <summary>Begins a session of each method. Nothing is read yet.</summary>
    /// <param name="layers">All that will be coded, each tensor once, in the order of the plan.</param>
    /// <param name="settings">What all sessions are told; null for the defaults.</param>
    /// <exception cref="UncodableLayerException">A method failed to begin.</exception>
    public CodingSessions(IEnumerable<SessionLayer> layers, SessionSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(layers);
        SessionLayer[] all = [.. layers];
        this.layers = all.ToDictionary(layer => layer.Tensor, StringComparer.Ordinal);
        foreach (var method in all.GroupBy(layer => layer.Options.Method))
        {
            sessions.Add(method.Key, MethodFailure.Guard(method.Key, null, () => method.Key.Begin([.. method], settings ?? new SessionSettings())));
        }
    }

    /// <summary>The layers, by the names of their weights.</summary>
    public IReadOnlyDictionary<string, SessionLayer> Layers => layers;

    /// <summary>Sessions over weights of a checkpoint.</summary>
    /// <param name="checkpoint">The dense checkpoint.</param>
    /// <param name="layers">Weights of it that can be coded.</param>
    /// <param name="threads">Cores to use; 0 for all.</param>
    /// <exception cref="CompressionException">A method failed to begin.</exception>
    public static CodingSessions Of(ICheckpoint checkpoint, IEnumerable<LayerPlan> layers, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(layers);
        var all = layers.Select(layer =>
        {
            var (rows, columns) = MatrixShape.Of(checkpoint.Info(layer.Tensor));
            return new SessionLayer(layer.Tensor, rows, columns, layer.Options, () => checkpoint.Singles(layer.Tensor))
            {
                Asked = layer.Asked ?? layer.Options,
            };
        });
        try
        {
            return new CodingSessions(all, new SessionSettings(threads));
        }
        catch (UncodableLayerException exception)
        {
            throw new CompressionException(checkpoint.Path, exception.Problem);
        }
    }

    /// <summary>Codes a weight.</summary>
    /// <param name="job">The weight; the options' method has layers in this session.</param>
    /// <exception cref="UncodableLayerException">The method needs calibration or state that the layer lacks, refuses its options, or fails.</exception>
    /// <exception cref="ArgumentException">The number of weights is not rows × columns, or the method has no layer here.</exception>
    /// <exception cref="NonFiniteWeightException">A weight is NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">The job's cancellation was signalled.</exception>
    public CodedLayer Encode(LayerJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        if (job.Weights.Length != (long)job.Rows * job.Columns)
        {
            throw new ArgumentException($"'{job.Tensor}' has {job.Weights.Length} weights, expected {job.Rows} × {job.Columns}");
        }

        if (job.Calibration is null && job.Options.Method.NeedsCalibration)
        {
            throw new UncodableLayerException(CompressionDiagnostics.NeedsCalibration.With(job.Tensor, job.Options.Method));
        }

        if (LayerState.Problem(job) is { } problem)
        {
            throw new UncodableLayerException(problem);
        }

        FiniteWeights.Require(job.Tensor, job.Weights.Span);
        var session = SessionOf(job.Options);
        return MethodFailure.Guard(job.Options.Method, job.Tensor, () => Checked(session.Encode(job), job));
    }

    // What a method of another library gives is looked at before anything is built on it.
    private static CodedLayer Checked(CodedLayer? coded, LayerJob job)
    {
        if (coded?.Matrix is not { } matrix)
        {
            throw MethodFailure.Of(job, "it gave no coded matrix");
        }

        if (matrix.Rows != job.Rows || matrix.Columns != job.Columns)
        {
            throw MethodFailure.Of(job, $"it gave a matrix [{matrix.Rows}, {matrix.Columns}], expected [{job.Rows}, {job.Columns}]");
        }

        if (matrix.Format.Problem(matrix) is { } problem)
        {
            throw MethodFailure.Of(job, $"its coding is not in the canonical form of the format '{matrix.Format}': {problem}");
        }

        return double.IsFinite(coded.SquaredError)
            ? coded
            : throw MethodFailure.Of(job, string.Create(
                CultureInfo.InvariantCulture, $"the squared error of its coding is {coded.SquaredError}, expected a finite number: is a decoded "
                    + $"weight NaN or infinite?"));
    }

    /// <summary>Codes a weight, or takes what an earlier run made of the same.</summary>
    /// <param name="job">The weight.</param>
    /// <param name="cache">Codings of earlier runs; null for none.</param>
    /// <exception cref="ArgumentException">As of the method without a cache; the others, too.</exception>
    public CodedLayer Encode(LayerJob job, Cache.CodingCache? cache) => cache is null ? Encode(job) : cache.Encode(this, job);

    /// <summary>Bytes that a coded weight takes, its part of a table that layers share included.</summary>
    /// <param name="options">How it was coded.</param>
    /// <param name="matrix">What came out.</param>
    public long BytesOf(MethodOptions options, CodedMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        return matrix.StoredBytes + SessionOf(options).SharedBytes(matrix);
    }

    /// <summary>The other layers whose weights the coding of a layer depends on.</summary>
    /// <param name="tensor">Name of the layer's weight.</param>
    /// <param name="options">How it is coded.</param>
    public IEnumerable<SessionLayer> SharesWith(string tensor, MethodOptions options) =>
        layers.TryGetValue(tensor, out var layer) ? SessionOf(options).SharesWith(layer, options) : [];

    private MethodSession SessionOf(MethodOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return sessions.TryGetValue(options.Method, out var session)
            ? session
            : throw new ArgumentException(
                $"no layer was to be coded by {options.Method} when the sessions began; they have {string.Join(", ", sessions.Keys)}");
    }
}
