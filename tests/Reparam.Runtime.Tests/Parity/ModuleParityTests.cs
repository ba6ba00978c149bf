using Reparam.Runtime;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace Reparam.Runtime.Tests.Parity;

/// <summary>Modules list what they are made of as TorchSharp does: the same names in the same order.</summary>
public class ModuleParityTests
{
    [Fact]
    public void Components_have_the_same_names_in_the_same_order()
    {
        var (theirs, ours) = (new TheirPart(), new OurPart());
        Assert.Equal(theirs.named_parameters().Select(p => p.name), ours.NamedParameters().Select(p => p.name));
        Assert.Equal(theirs.named_parameters(false).Select(p => p.name), ours.NamedParameters(false).Select(p => p.name));
        Assert.Equal(theirs.named_buffers().Select(p => p.name).Where(IsNeeded), ours.NamedBuffers().Select(p => p.name));
        Assert.Equal(theirs.named_buffers(false).Select(p => p.name), ours.NamedBuffers(false).Select(p => p.name));
        Assert.Equal(theirs.named_children().Select(p => p.name), ours.NamedChildren().Select(p => p.name));
        Assert.Equal(theirs.named_modules().Select(p => p.name), ours.NamedModules().Select(p => p.name));
        Assert.Equal(theirs.state_dict().Keys.Where(IsNeeded), ours.StateDict().Keys);
        Assert.Equal(theirs.state_dict(prefix: "net").Keys.Where(IsNeeded), ours.StateDict(prefix: "net").Keys);
        Assert.Equal(theirs.has_parameter("scale"), ours.HasParameter("scale"));
        Assert.Equal(theirs.has_parameter("fc.weight"), ours.HasParameter("fc.weight"));
        Assert.Equal(theirs.has_buffer("temporary"), ours.HasBuffer("temporary"));
        Assert.Equal(theirs.get_buffer("none") is null, ours.GetBuffer("none") is null);
        Assert.Equal(theirs.get_parameter("extra.weight") is null, ours.GetParameter("extra.weight") is null);
        Assert.Equal(theirs.GetName(), ours.GetName());
        var (theirNames, ourNames) = (new List<string>(), new List<string>());
        theirs.apply(m => theirNames.Add(m.GetType().Name));
        ours.Apply(m => ourNames.Add(m.GetType().Name));
        Assert.Equal(theirNames.Select(name => name.Replace("Their", "Our", StringComparison.Ordinal)), ourNames);
    }

    [Fact]
    public void Slices_of_a_sequence_keep_the_names()
    {
        var theirs = Sequential(("a", torch.nn.Linear(2, 2)), ("b", torch.nn.ReLU()), ("c", torch.nn.Linear(2, 3)));
        var ours = Nn.Sequential(("a", Nn.Linear(2, 2)), ("b", Nn.ReLU()), ("c", Nn.Linear(2, 3)));
        Assert.Equal(theirs[1..].state_dict().Keys, ours[1..].StateDict().Keys);
        Assert.Equal(theirs[(0, 2)].state_dict().Keys, ours[(0, 2)].StateDict().Keys);
        Assert.Equal(theirs[(null, null)].state_dict().Keys, ours[(null, null)].StateDict().Keys);
        Assert.Throws<ArgumentOutOfRangeException>(() => ours[(2, 1)]);
        Assert.Throws<ArgumentException>(() => ours.Append(null!));
    }

    [Fact]
    public void Lists_and_dictionaries_take_and_give()
    {
        var list = new ModuleList<Linear>(Nn.Linear(1, 1), Nn.Linear(2, 2));
        list.Insert(1, Nn.Linear(3, 3));
        Assert.Equal([1L, 3, 2], list.Select(l => l.InFeatures));
        Assert.True(list.Remove(list[1]));
        list.RemoveAt(0);
        Assert.Equal(["0.weight", "0.bias"], list.StateDict().Keys);
        list.Clear();
        Assert.Empty(list);

        var dictionary = Nn.ModuleDict(("a", Nn.Linear(1, 1)), ("b", Nn.Linear(2, 2)));
        dictionary["c"] = Nn.Linear(3, 3);
        dictionary["a"] = Nn.Linear(4, 4);
        Assert.Equal(["a", "b", "c"], dictionary.Keys);
        Assert.Equal(4, dictionary[0].Item2.InFeatures);
        Assert.Throws<ArgumentException>(() => dictionary.Add("a", Nn.Linear(1, 1)));
        Assert.Throws<KeyNotFoundException>(() => dictionary["z"]);
        Assert.True(dictionary.Remove("b"));
        Assert.Equal(["a.weight", "a.bias", "c.weight", "c.bias"], dictionary.StateDict().Keys);
    }

    // The counter of a batch norm is no tensor of ours.
    private static bool IsNeeded(string name) => !name.EndsWith("num_batches_tracked", StringComparison.Ordinal);

    private sealed class TheirPart : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly TorchSharp.Modules.Linear fc = torch.nn.Linear(4, 4);
        private readonly TorchSharp.Modules.Sequential body = torch.nn.Sequential(("x", torch.nn.Linear(2, 2)), ("y", torch.nn.BatchNorm1d(2)));
        private readonly torch.Tensor cached = torch.arange(4, torch.float32);

        public TheirPart()
            : base("Part")
        {
            register_buffer("kept", torch.ones(4));
            register_buffer("temporary", torch.ones(4), persistent: false);
            register_parameter("scale", torch.nn.Parameter(torch.ones(4)));
            register_module("extra", torch.nn.Linear(4, 4));
            RegisterComponents();
            register_module("late", fc);
        }

        public override torch.Tensor forward(torch.Tensor input) => body.call(fc.call(input)) + cached;
    }

    private sealed class OurPart : Module<Tensor, Tensor>
    {
        private readonly Linear fc = Nn.Linear(4, 4);
        private readonly Sequential body = Nn.Sequential(("x", Nn.Linear(2, 2)), ("y", Nn.BatchNorm1d(2)));
        private readonly Tensor cached = Torch.Arange(4, DType.Float32);

        public OurPart()
            : base("Part")
        {
            RegisterBuffer("kept", Torch.Ones(4));
            RegisterBuffer("temporary", Torch.Ones(4), persistent: false);
            RegisterParameter("scale", Nn.Parameter(Torch.Ones(4)));
            RegisterModule("extra", Nn.Linear(4, 4));
            RegisterComponents();
            RegisterModule("late", fc);
        }

        public override Tensor Forward(Tensor input) => body.Call(fc.Call(input)) + cached;

        protected override void VisitComponents(ComponentVisitor visitor)
        {
            visitor.Module("fc", fc);
            visitor.Module("body", body);
            visitor.Buffer("cached", cached);
        }
    }
}
