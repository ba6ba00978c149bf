namespace Reparam.Runtime;

/// <summary>The components of one module by name, without those of the modules within; each name once.</summary>
internal sealed class DirectComponents : ComponentVisitor
{
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    /// <summary>Modules.</summary>
    public List<(string Name, Module Component)> Modules { get; } = [];

    /// <summary>Weights.</summary>
    public List<(string Name, Parameter Component)> Parameters { get; } = [];

    /// <summary>Tensors of the checkpoint that are not trained.</summary>
    public List<(string Name, Tensor Component)> Buffers { get; } = [];

    /// <summary>Tensors that are no part of the checkpoint.</summary>
    public List<(string Name, Tensor Component)> Temporaries { get; } = [];

    private protected override bool Descends => false;

    /// <summary>Lists the components of a module.</summary>
    public static DirectComponents Of(Module module)
    {
        var components = new DirectComponents();
        module.Accept(components);
        return components;
    }

    protected override void OnParameter(string name, Parameter parameter) => Add(Parameters, name, parameter);

    protected override void OnBuffer(string name, Tensor buffer) => Add(Buffers, name, buffer);

    private protected override void OnTemporary(string name, Tensor buffer) => Add(Temporaries, name, buffer);

    private protected override void OnModule(string name, Module module) => Add(Modules, name, module);

    private void Add<T>(List<(string Name, T Component)> list, string name, T component)
    {
        if (names.Add(name))
        {
            list.Add((name, component));
        }
    }
}
