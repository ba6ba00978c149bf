using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Reparam.Training;

// Methods that are attached after the constructor: those that need the layer's inputs, or state that layers share. Until then the layer runs without them.
public abstract partial class ReparamLayer
{
    private readonly List<string> inputStates = [];
    private readonly HashSet<string> sharedNames = new(StringComparer.Ordinal);
    private readonly HashSet<string> pathSharedNames = new(StringComparer.Ordinal);
    private readonly StepGuard guard = new();
    private RootState? root;
    private InputStatistics? inputs;
    private InputObserver? observer;
    private bool isStartingPath;
    private bool mapsWait;
    private bool pathWaits;
    private bool inputWaits;

    /// <summary>Names of the input map's parameters and buffers in the layer's state dict; empty before it is attached.</summary>
    public IReadOnlyList<string> InputStates => inputStates;

    /// <summary>True if a method waits for something.</summary>
    public bool IsWaiting => mapsWait || pathWaits || inputWaits;

    /// <summary>Statistics of the layer's inputs, for a method that asks for them in its <c>Attach</c>.</summary>
    /// <exception cref="InvalidOperationException">There are none.</exception>
    protected InputStatistics Inputs =>
        inputs ?? throw new InvalidOperationException($"{Shape.Layer} ({MethodNames()}) has no statistics of its inputs; call model.CalibrateReparam(...).");

    /// <summary>Names, below the root, of what the side path shares with those of other layers.</summary>
    internal IReadOnlyCollection<string> PathSharedNames => pathSharedNames;

    /// <summary>True if a method asks for statistics of the layer's inputs.</summary>
    internal bool AsksForInputs => (MapNeeds | PathNeeds | InputNeeds).HasFlag(AttachNeeds.Inputs);

    /// <summary>True if the input map's state is part of an export, because the build's method of the same annotation reads it.</summary>
    internal bool ExportsInput => Methods.OfType<PostTrainingAttribute>().Any();

    /// <summary>True if a method waits for one of these.</summary>
    internal bool WaitsFor(AttachNeeds need) => root is null && ((MapNeeds | PathNeeds | InputNeeds) & need) != 0;

    /// <summary>From now on, layers share through this root; what waited for it is attached.</summary>
    internal void GiveRoot(RootState given)
    {
        root = given;
        Complete();
    }

    /// <summary>What waited for statistics is attached, and the input map attached anew.</summary>
    internal void GiveInputs(InputStatistics given)
    {
        inputs = given;
        inputWaits |= InputNeeds.HasFlag(AttachNeeds.Inputs);
        Complete();
        if (SidePath is null || IsAdapting || !PathNeeds.HasFlag(AttachNeeds.Inputs))
        {
            inputs = null;
        }
    }

    /// <summary>Attaches what waits for statistics so that its state can be loaded over it.</summary>
    internal void AttachToLoad() => GiveInputs(InputStatistics.Neutral(Shape));

    /// <summary>Starts to record inputs.</summary>
    internal void Observe() => observer = new InputObserver(this);

    /// <summary>What was recorded.</summary>
    internal InputStatistics Observed() => observer!.Statistics();

    /// <summary>Records no longer.</summary>
    internal void StopObserving()
    {
        observer?.Dispose();
        observer = null;
    }

    internal Parameter? FindParameter(string name) => has_parameter(name) ? get_parameter(name) : root is null ? null : SharedParameter(name);

    internal Tensor? FindBuffer(string name) => has_buffer(name) ? get_buffer(name) : root is null ? null : SharedBuffer(name);

    /// <summary>A parameter that all layers share; null before the first layer made it.</summary>
    /// <param name="name">Name below the root.</param>
    protected Parameter? SharedParameter(string name) => SharedOf(name) as Parameter;

    /// <summary>A buffer that all layers share; null before the first layer made it.</summary>
    /// <param name="name">Name below the root.</param>
    protected Tensor? SharedBuffer(string name) => SharedOf(name);

    /// <summary>Keeps a parameter at the root, or copies into the one that is there. Null is not kept.</summary>
    /// <param name="name">Name below the root.</param>
    /// <param name="value">The parameter; taken over.</param>
    protected void KeepSharedParameter(string name, Parameter? value)
    {
        if (value is not null)
        {
            var (method, key) = Split(name);
            root!.Keep(method, key, value);
            NoteShared(name);
        }
    }

    /// <summary>Keeps a buffer at the root, or copies into the one that is there. Null is not kept.</summary>
    /// <param name="name">Name below the root.</param>
    /// <param name="value">The tensor.</param>
    protected void KeepSharedBuffer(string name, Tensor? value)
    {
        if (value is not null)
        {
            var (method, key) = Split(name);
            root!.Keep(method, key, value);
            NoteShared(name);
        }
    }

    /// <summary>As <see cref="KeepParameter"/>, for a parameter of the input map.</summary>
    /// <param name="name">Name in the state dict.</param>
    /// <param name="value">The parameter; taken over.</param>
    protected void KeepInputParameter(string name, Parameter? value)
    {
        KeepParameter(name, value);
        NoteInputState(name, value);
    }

    /// <summary>As <see cref="KeepBuffer"/>, for a buffer of the input map.</summary>
    /// <param name="name">Name in the state dict.</param>
    /// <param name="value">The tensor; taken over.</param>
    protected void KeepInputBuffer(string name, Tensor? value)
    {
        KeepBuffer(name, value);
        NoteInputState(name, value);
    }

    private static (string Method, string Key) Split(string name)
    {
        var parts = name.Split('.', 3);
        return (parts[1], parts[2]);
    }

    private Tensor? SharedOf(string name)
    {
        var (method, key) = Split(name);
        return root?.Find(method, key);
    }

    private IEnumerable<(string Name, Tensor Tensor)> SharedState() => sharedNames.Order(StringComparer.Ordinal).Select(name => (name, SharedOf(name)!));

    private void NoteInputState(string name, Tensor? value)
    {
        if (value is not null && !inputStates.Contains(name))
        {
            inputStates.Add(name);
        }
    }

    private Tensor? StartPath(Tensor weight)
    {
        isStartingPath = true;
        try
        {
            return AttachPath(BaseOf(weight));
        }
        finally
        {
            isStartingPath = false;
        }
    }

    private void NoteShared(string name)
    {
        sharedNames.Add(name);
        if (isStartingPath)
        {
            pathSharedNames.Add(name);
        }
    }

    private bool IsReady(AttachNeeds needs) =>
        (!needs.HasFlag(AttachNeeds.Inputs) || inputs is not null) && (!needs.HasFlag(AttachNeeds.Root) || root is not null);

    private Tensor Mapped(StateReader state, bool advance, bool folding) => mapsWait ? state.Read(Weight) : MapWeight(state, advance, folding);

    /// <summary>What the layer's operation sees of an input in evaluation.</summary>
    internal Tensor Mapped(Tensor x) => MappedInput(x, advance: false);

    // A map that will be attached anew does not limit what the layers after it are seen to take.
    private Tensor MappedInput(Tensor x, bool advance) =>
        inputWaits || (observer is not null && InputNeeds.HasFlag(AttachNeeds.Inputs)) ? x : MapInput(x, advance);

    private void AttachInputIfReady()
    {
        inputWaits = !IsReady(InputNeeds);
        if (!inputWaits)
        {
            AttachInput();
        }
    }

    private void Complete()
    {
        // An input map is no part of what was folded.
        if (IsFolded && (mapsWait || pathWaits))
        {
            throw new InvalidOperationException($"{Shape.Layer} is folded; call Unfold() before its methods are attached.");
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        if (mapsWait && IsReady(MapNeeds))
        {
            StoreLatent(AttachMaps(Weight.detach().clone()));
            mapsWait = false;
        }

        if (pathWaits && IsReady(PathNeeds))
        {
            StartAdaptation();
        }

        if (inputWaits)
        {
            AttachInputIfReady();
        }
    }
}
