namespace Reparam.Runtime;

/// <summary>The weights and buffers of a model, each with all names under which it is reached, in the order of the first.</summary>
internal sealed class ComponentCollector : ComponentVisitor
{
    private readonly Dictionary<Tensor, List<string>> names = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, Tensor> targets = new(StringComparer.Ordinal);

    /// <summary>Tensors in the order of the visit.</summary>
    public List<(Tensor Target, List<string> Names)> Components { get; } = [];

    /// <summary>The modules within, in the order of the visit.</summary>
    public List<Module> Modules { get; } = [];

    /// <summary>Names that a checkpoint may have and that nothing is filled from.</summary>
    public HashSet<string> NotNeeded { get; } = new(StringComparer.Ordinal);

    /// <summary>Names that stand for two different tensors.</summary>
    public List<string> Ambiguous { get; } = [];

    public bool Knows(string name) => targets.ContainsKey(name) || NotNeeded.Contains(name);

    private protected override void OnModule(string name, Module module) => Modules.Add(module);

    protected override void OnParameter(string name, Parameter parameter) => Add(name, parameter);

    protected override void OnBuffer(string name, Tensor buffer) => Add(name, buffer);

    protected override void OnUnused(string name) => NotNeeded.Add(name);

    private void Add(string name, Tensor target)
    {
        // What the model keeps outlives the scope in which it was constructed.
        target.DetachFromScope();
        if (targets.TryGetValue(name, out var known))
        {
            if (!ReferenceEquals(known, target))
            {
                Ambiguous.Add(name);
            }

            return;
        }

        targets.Add(name, target);
        if (!names.TryGetValue(target, out var all))
        {
            names.Add(target, all = []);
            Components.Add((target, all));
        }

        all.Add(name);
    }
}
