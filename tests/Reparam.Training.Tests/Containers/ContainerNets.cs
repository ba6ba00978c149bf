using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.Containers;

// Layers in every place but partial properties. Each class has a plain double with the same constructor and forward.

/// <summary>A block without a mark.</summary>
public sealed class Unmarked : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> first = Linear(6, 6);
    private readonly Sequential rest;
    private readonly Module<Tensor, Tensor>[] byHand = [Linear(6, 6), Linear(6, 6)];

    public Unmarked()
        : base(nameof(Unmarked))
    {
        rest = Sequential(("fc", Linear(6, 6)), ("act", ReLU()), ("inner", Sequential(Linear(6, 6), Tanh())));
        for (var i = 0; i < byHand.Length; i++)
        {
            register_module($"hand_{i}", byHand[i]);
        }

        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => byHand.Aggregate(rest.call(first.call(x)), (y, layer) => layer.call(y));
}

[ReparamModel, Compand(A = 1.5f)]
public sealed partial class PlacesNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> field = Linear(6, 6);
    private readonly Sequential stack;
    private readonly ModuleList<Module<Tensor, Tensor>> list = new();
    private readonly ModuleDict<Module<Tensor, Tensor>> dictionary = new();
    private readonly ModuleList<Unmarked> blocks = new();
    private readonly Module<Tensor, Tensor> again;
    private readonly List<Module<Tensor, Tensor>> hand = [];

    public PlacesNet(int layers = 2)
        : base(nameof(PlacesNet))
    {
        stack = Sequential(Linear(6, 6), ReLU(), Sequential(("inner", Linear(6, 6))));
        for (var i = 0; i < layers; i++)
        {
            list.Add(Linear(6, 6));
            list.Add(LayerNorm(6));
            dictionary.Add($"key{i}", Linear(6, 6));
            blocks.Add(new Unmarked());
            hand.Add(Linear(6, 6));
            register_module($"hand{i}", hand[i]);
        }

        again = field;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = again.call(stack.call(field.call(x)));
        foreach (var layer in list)
        {
            x = layer.call(x);
        }

        foreach (var (_, layer) in dictionary.items().ToList())
        {
            x = layer.call(x);
        }

        return hand.Concat(blocks).Aggregate(x, (y, layer) => layer.call(y));
    }
}

/// <summary>The same without annotations.</summary>
public sealed class PlainPlacesNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> field = Linear(6, 6);
    private readonly Sequential stack;
    private readonly ModuleList<Module<Tensor, Tensor>> list = new();
    private readonly ModuleDict<Module<Tensor, Tensor>> dictionary = new();
    private readonly ModuleList<Unmarked> blocks = new();
    private readonly Module<Tensor, Tensor> again;
    private readonly List<Module<Tensor, Tensor>> hand = [];

    public PlainPlacesNet(int layers = 2)
        : base(nameof(PlainPlacesNet))
    {
        stack = Sequential(Linear(6, 6), ReLU(), Sequential(("inner", Linear(6, 6))));
        for (var i = 0; i < layers; i++)
        {
            list.Add(Linear(6, 6));
            list.Add(LayerNorm(6));
            dictionary.Add($"key{i}", Linear(6, 6));
            blocks.Add(new Unmarked());
            hand.Add(Linear(6, 6));
            register_module($"hand{i}", hand[i]);
        }

        again = field;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = again.call(stack.call(field.call(x)));
        foreach (var layer in list)
        {
            x = layer.call(x);
        }

        foreach (var (_, layer) in dictionary.items().ToList())
        {
            x = layer.call(x);
        }

        return hand.Concat(blocks).Aggregate(x, (y, layer) => layer.call(y));
    }
}

internal static class Items
{
    public static List<T> ToList<T>(this IEnumerator<T> items)
    {
        var list = new List<T>();
        while (items.MoveNext())
        {
            list.Add(items.Current);
        }

        return list;
    }
}

/// <summary>Methods on fields and on what they hold.</summary>
[ReparamModule]
public sealed partial class FieldNet : Module<Tensor, Tensor>
{
    [LoRA(2)] private readonly Module<Tensor, Tensor> first = Linear(6, 6);
    [SigmaReparam] private readonly Sequential stack = Sequential(Linear(6, 6), ReLU(), Conv1d(1, 1, 3, padding: 1));
    private readonly Module<Tensor, Tensor> plain = Linear(6, 6);
    [Compand] public partial ModuleList<Module<Tensor, Tensor>> Later { get; private set; }

    public FieldNet()
        : base(nameof(FieldNet))
    {
        Later = new();
        for (var i = 0; i < 2; i++)
        {
            Later.Add(Linear(6, 6));
        }

        RegisterComponents();
    }

    public override Tensor forward(Tensor x) =>
        Later.Aggregate(plain.call(stack.call(first.call(x).unsqueeze(1)).squeeze(1)), (y, layer) => layer.call(y));
}

/// <summary>Targets by paths in the state dict, and a class of its own within.</summary>
[ReparamModule, Compand(Targets = @"stack\.2|list\.\d+"), SigmaReparam(Targets = "list.1")]
public sealed partial class TargetsNet : Module<Tensor, Tensor>
{
    private readonly Sequential stack = Sequential(Linear(6, 6), ReLU(), Linear(6, 6));
    private readonly ModuleList<Module<Tensor, Tensor>> list;
    private readonly FieldNet child = new();

    public TargetsNet(int layers = 2)
        : base(nameof(TargetsNet))
    {
        list = new ModuleList<Module<Tensor, Tensor>>([.. Enumerable.Range(0, layers).Select(_ => Linear(6, 6))]);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => child.call(list.Aggregate(stack.call(x), (y, layer) => layer.call(y)));
}

/// <summary>One layer in two members, each with a setter.</summary>
[ReparamModule, Compand]
public sealed partial class SharedNet : Module<Tensor, Tensor>
{
    public SharedNet()
        : base(nameof(SharedNet))
    {
        var fc = Linear(6, 6);
        First = fc;
        Second = fc;
        stack = Sequential(fc, ReLU());
        RegisterComponents();
    }

    private readonly Sequential stack;

    public partial Module<Tensor, Tensor> First { get; private set; }

    public partial Module<Tensor, Tensor> Second { get; private set; }

    public override Tensor forward(Tensor x) => Second.call(stack.call(First.call(x)));
}
