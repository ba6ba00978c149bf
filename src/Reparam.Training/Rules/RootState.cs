using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>
/// What a model keeps once for all of its layers: the child <c>reparam</c> of the root, with a child for each method and the number of steps. It is there
/// only where a rule runs
/// or layers share state.
/// </summary>
internal sealed class RootState : Module
{
    /// <summary>Name below the root.</summary>
    public const string ChildName = "reparam";
    private const string StepName = "step";

    private readonly Dictionary<string, Store> methods = new(StringComparer.Ordinal);

    public RootState()
        : base(ChildName)
    {
    }

    /// <summary>Rules of the model by their keys.</summary>
    public Dictionary<string, ModelRule> Rules { get; } = new(StringComparer.Ordinal);

    /// <summary>Steps that were done; 0 where no rule counts them.</summary>
    public long Step => has_buffer(StepName) ? get_buffer(StepName)!.item<long>() : 0;

    /// <summary>The root's state; null if it has none.</summary>
    public static RootState? Find(Module root) => root.named_children().FirstOrDefault(c => c.name == ChildName).module as RootState;

    /// <summary>The root's state, made where it has none.</summary>
    public static RootState Of(Module root)
    {
        if (Find(root) is { } found)
        {
            return found;
        }

        if (ReparamModuleExtensions.Walk(root, "").FirstOrDefault(m => m.Module is RootState) is { Module: not null } inner)
        {
            throw new InvalidOperationException(
                $"The part '{inner.Path[..^ChildName.Length].TrimEnd('.')}' of {root.GetName()} has been trained as a model of its own; "
                + "give AddReparamLoss, AfterBackward and AfterOptimizerStep one and the same root.");
        }

        var state = new RootState();
        root.register_module(ChildName, state);
        return state;
    }

    /// <summary>Counts steps from now on.</summary>
    public void CountSteps()
    {
        if (!has_buffer(StepName))
        {
            register_buffer(StepName, tensor(0L).DetachFromDisposeScope());
        }
    }

    /// <summary>Sets the number of steps that were done.</summary>
    public void SetStep(long step) => get_buffer(StepName)!.fill_(step);

    /// <summary>A parameter or buffer of a method; null if there is none.</summary>
    public Tensor? Find(string method, string name) => methods.GetValueOrDefault(method)?.Find(name);

    /// <summary>Keeps a copy as a buffer.</summary>
    public void Keep(string method, string name, Tensor value) => StoreOf(method).Keep(name, value, null);

    /// <summary>Keeps a parameter.</summary>
    public void Keep(string method, string name, Parameter value) => StoreOf(method).Keep(name, value, value);

    private Store StoreOf(string method)
    {
        if (!methods.TryGetValue(method, out var store))
        {
            methods[method] = store = new Store(method);
            register_module(method, store);
        }

        return store;
    }

    /// <summary>What one method keeps.</summary>
    private sealed class Store(string method) : Module(method)
    {
        public Tensor? Find(string name) => has_parameter(name) ? get_parameter(name) : has_buffer(name) ? get_buffer(name) : null;

        public void Keep(string name, Tensor value, Parameter? parameter)
        {
            using var noGrad = no_grad();
            if (Find(name) is { } kept)
            {
                if (!kept.shape.SequenceEqual(value.shape))
                {
                    throw new ArgumentException(
                        $"{GetName()}: the state '{name}' has shape [{string.Join(", ", kept.shape)}], and was given [{string.Join(", ", value.shape)}].");
                }

                if (!ReferenceEquals(kept, value))
                {
                    kept.copy_(value);
                }
            }
            else if (parameter is not null)
            {
                var whole = parameter.is_contiguous() ? parameter : new Parameter(parameter.detach().contiguous(), parameter.requires_grad);
                whole.DetachFromDisposeScope();
                register_parameter(name, whole);
            }
            else
            {
                register_buffer(name, value.detach().clone().contiguous().DetachFromDisposeScope());
            }
        }
    }
}
