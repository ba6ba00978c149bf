using System.Collections.Frozen;
using System.Collections.Immutable;
using Reparam.Checkpoints;
using Reparam.Merging.Diagnostics;

namespace Reparam.Merging.Engine;

/// <summary>An operation that can begin: everything is opened and fits together.</summary>
internal sealed class Prepared : IDisposable
{
    private readonly OperationRequest request;
    private readonly CancellationToken cancellation;
    private readonly List<OperationProblem> warnings = [];
    private FrozenDictionary<string, TensorInfo> infos = FrozenDictionary<string, TensorInfo>.Empty;
    private ImmutableDictionary<string, string> tied = ImmutableDictionary<string, string>.Empty;
    private CheckpointInputs inputs = null!;
    private CheckpointOperation operation = null!;

    private Prepared(OperationRequest request, SourceSet sources, CancellationToken cancellation)
    {
        this.request = request;
        this.cancellation = cancellation;
        Sources = sources;
        Threads = request.Threads > 0 ? request.Threads : Environment.ProcessorCount;
    }

    /// <summary>All checkpoints.</summary>
    public SourceSet Sources { get; }

    /// <summary>Threads to use, at least 1.</summary>
    public int Threads { get; }

    /// <summary>What becomes of each tensor.</summary>
    public ImmutableArray<TensorPlan> Plans { get; private set; } = [];

    /// <summary>Merges a tensor.</summary>
    public TensorOperation Operation { get; private set; } = null!;

    /// <summary>Tells what the operation throws.</summary>
    public OperationFailure Failure { get; private set; } = null!;

    /// <summary>Metadata of the result.</summary>
    public ImmutableSortedDictionary<string, string> Metadata { get; private set; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>What will be done.</summary>
    public OperationReport Report => new()
    {
        Operation = operation.Name,
        Inputs = Sources.Inputs.Length,
        Merged = inputs.MergedNames,
        Elements = Plans.Where(plan => plan.Copied is null).Sum(plan => plan.Info.ElementCount),
        Copied = [.. Plans.Where(plan => plan.Copied is not null).Select(plan => new CopiedTensor(plan.Info.Name, plan.Copied!, CopySource(plan).FileName))],
        Found = inputs.Facts.ToImmutableSortedDictionary(fact => fact.Key, fact => fact.Value!.ToJsonString(), StringComparer.Ordinal),
        Warnings = [.. warnings],
    };

    /// <summary>Opens, compares and begins.</summary>
    /// <exception cref="CheckpointOperationException">Something does not fit.</exception>
    /// <exception cref="CheckpointException">A checkpoint cannot be read.</exception>
    public static Prepared From(OperationRequest request, CancellationToken cancellation)
    {
        var (operation, values) = ReadOptions(request);
        var prepared = new Prepared(request, SourceSet.Open(request.Inputs, request.Base, cancellation), cancellation);
        try
        {
            prepared.Begin(operation, values);
            return prepared;
        }
        catch
        {
            prepared.Dispose();
            throw;
        }
    }

    /// <summary>A merged tensor in all inputs.</summary>
    public TensorInputs Open(string name)
    {
        var info = infos[name];
        return new TensorInputs(Sources, info, tied.GetValueOrDefault(name, name), Threads, cancellation);
    }

    /// <summary>The checkpoint that a tensor is copied from.</summary>
    public Source CopySource(TensorPlan plan) =>
        plan.From ?? (inputs.CopyFrom is { } input && Sources.Inputs[input].Checkpoint.Contains(plan.Info.Name) && SameKind(Sources.Inputs[input], plan)
            ? Sources.Inputs[input] : Sources.Reference);

    /// <inheritdoc/>
    public void Dispose() => Sources.Dispose();

    private static (CheckpointOperation Operation, object?[] Values) ReadOptions(OperationRequest request)
    {
        var file = request.Inputs.Length > 0 ? request.Inputs[0] : request.Output;
        var operation = CheckpointOperations.Find(request.Operation)
            ?? throw new CheckpointOperationException(file, OperationCodes.UnknownMethod, CheckpointOperations.Unknown(request.Operation));
        List<string> problems = [];
        if (request.Inputs.Length < operation.MinInputs)
        {
            var beside = operation.NeedsBase ? " beside the base" : "";
            problems.Add($"{operation.Name} has {request.Inputs.Length} inputs; it needs {operation.MinInputs}{beside}");
        }

        if (operation.NeedsBase && request.Base is null)
        {
            problems.Add($"{operation.Name} needs a base, the checkpoint that the inputs were trained from");
        }
        else if (!operation.NeedsBase && request.Base is not null)
        {
            problems.Add($"{operation.Name} takes no base");
        }

        if (request.DType is { } dtype && !FloatElements.IsFloat(dtype))
        {
            problems.Add($"dtype is {dtype.FormatName()}; it is F64, F32, F16 or BF16");
        }

        if (request.Threads < 0)
        {
            problems.Add($"threads is {request.Threads}; it is 0 for one a core, or a number above 0");
        }

        var values = operation.Read(request.Options, request.Inputs.Length, problems);
        return problems.Count == 0
            ? (operation, values)
            : throw new CheckpointOperationException([.. problems.Select(problem => new OperationProblem(file, OperationCodes.InvalidOption, problem))]);
    }

    private void Begin(CheckpointOperation chosen, object?[] values)
    {
        operation = chosen;
        var (keep, skip) = (new NamePatterns(request.Keep), new NamePatterns(request.Skip));
        Plans = InputFit.Plan(Sources, keep, skip, request.DType);
        foreach (var (option, pattern) in keep.Unused.Select(pattern => ("keep", pattern)).Concat(skip.Unused.Select(pattern => ("skip", pattern))))
        {
            warnings.Add(new OperationProblem(Sources.Reference.Path, OperationCodes.InvalidOption, $"the pattern '{pattern}' of {option} matches no tensor"));
        }

        ImmutableArray<string> merged = [.. Plans.Where(plan => plan.Copied is null).Select(plan => plan.Info.Name)];
        infos = Plans.ToFrozenDictionary(plan => plan.Info.Name, plan => plan.Info, StringComparer.Ordinal);
        tied = TiedTensors.Find(Sources, merged, cancellation);
        inputs = new CheckpointInputs(Sources, merged, Open);
        Failure = new OperationFailure(operation, Sources.Reference.Path);
        Operation = operation.Begin(inputs, values, Failure);
        RequireSameIntegers();
        Metadata = Provenance.Common(Sources, warnings).SetItem(Provenance.Key, Provenance.Entry(operation, values, Sources, inputs.Facts));
    }

    /// <summary>Integers are not averaged, so all checkpoints must have the same ones.</summary>
    private void RequireSameIntegers()
    {
        var problems = ImmutableArray.CreateBuilder<OperationProblem>();
        foreach (var name in Plans.Where(plan => plan.Copied == Reasons.NotFloat).Select(plan => plan.Info.Name))
        {
            foreach (var source in Sources.All
                .Where(source => source != Sources.Reference && !SameBytes(source.Checkpoint, Sources.Reference.Checkpoint, name)))
            {
                var info = source.Checkpoint.Info(name);
                var kept = CopySource(new TensorPlan(info, Reasons.Kept)).FileName;
                problems.Add(new OperationProblem(
                    source.Path, OperationCodes.InputsDiffer,
                    $"tensor '{name}' ({info.Describe()}): found other values than in {Sources.Reference.FileName}, expected the same, " +
                    $"because only floats are merged; --keep {name} takes those of {kept}"));
            }
        }

        if (problems.Count > 0)
        {
            throw new CheckpointOperationException(problems.ToImmutable());
        }
    }

    private bool SameBytes(ICheckpoint left, ICheckpoint right, string name)
    {
        const int Part = 1 << 16;
        var (a, b) = (new byte[Part], new byte[Part]);
        var length = left.Info(name).ByteLength;
        for (long start = 0; start < length; start += Part)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = (int)Math.Min(Part, length - start);
            left.Read(name, start, a.AsSpan(0, count));
            right.Read(name, start, b.AsSpan(0, count));
            if (!a.AsSpan(0, count).SequenceEqual(b.AsSpan(0, count)))
            {
                return false;
            }
        }

        return true;
    }

    // A kept tensor may have another shape elsewhere; the header of the result says the reference's.
    private static bool SameKind(Source source, TensorPlan plan)
    {
        var info = source.Checkpoint.Info(plan.Info.Name);
        return info.DType == plan.Info.DType && info.Shape.AsSpan().SequenceEqual(plan.Info.Shape.AsSpan());
    }
}
