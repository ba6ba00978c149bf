using Reparam.Checkpoints.Packed;
using Reparam.Generators.Tests.Harness;

namespace Reparam.Generators.Tests.Twins;

/// <summary>A post-training method that brings a packed format: the twin makes it known before it loads.</summary>
public class TwinFormatTests
{
    // {{NAME}} is the format's name, {{FORMAT}} the class that the attribute names.
    private const string Source = """
        using Files = global::Reparam.Checkpoints;
        using Packed = global::Reparam.Checkpoints.Packed;

        namespace Tests;

        [ReparamMethod("dots", Layers = LayerKinds.All, Format = "{{FORMAT}}")]
        public sealed class DotsAttribute : PostTrainingAttribute;

        public sealed class DotFormat() : Packed.PackedFormat("{{NAME}}")
        {
            public override global::System.Collections.Immutable.ImmutableArray<string> Suffixes => [".dots"];

            public override Packed.PackedLayerSpec SpecOf(
                Packed.CodedWeight weight, Packed.CodedMatrix matrix) => throw new NotSupportedException();

            public override Packed.PackedLayerSpec ReadSpec(
                Packed.CodedWeight weight, Packed.SpecMembers members) => throw new NotSupportedException();

            public override Packed.CodedMatrix Read(
                Files.ICheckpoint checkpoint, string weight, Packed.PackedLayerSpec spec) =>
                throw new NotSupportedException();

            public override void Write(
                Files.Safetensors.SafetensorsWriter file, string weight, Packed.PackedLayerSpec spec,
                Packed.CodedMatrix matrix) => throw new NotSupportedException();

            public override string? Problem(Packed.CodedMatrix matrix) => null;
        }

        public abstract class HalfFormat;

        [ReparamModel]
        public sealed partial class Net : Module<Tensor, Tensor>
        {
            public Net() : base("net") { First = Linear(4, 4); Second = Linear(4, 4); RegisterComponents(); }

            [Dots] public partial Module<Tensor, Tensor> First { get; private set; }

            [Dots] public partial Module<Tensor, Tensor> Second { get; private set; }

            public override Tensor forward(Tensor x) => Second.call(First.call(x));
        }
        """;

    [Fact]
    public void A_twin_registers_the_format_of_its_methods_once_when_it_is_made()
    {
        var run = GeneratorRun.Of(Text("dots-made", "Tests.DotFormat"));
        Assert.Equal(2, run.File("Tests.Net.Twin.g.cs").Split("PackedFormats.Register(new global::Tests.DotFormat())").Length);
        Assert.Null(PackedFormats.Find("dots-made"));
        Activator.CreateInstance(run.Load().GetType("Tests.NetRuntime")!);
        Assert.Equal("DotFormat", PackedFormats.Find("dots-made")!.GetType().Name);
    }

    [Theory]
    [InlineData("Tests.NoFormat", "does not exist in this compilation or its references")]
    [InlineData("Tests.HalfFormat", "must be a public class that derives from Reparam.Checkpoints.Packed.PackedFormat and has a public constructor")]
    public void A_format_that_is_none_is_an_error_at_the_attribute(string format, string part)
    {
        var text = Text("dots-none", format);
        Assert.All(AnalyzerRun.Reports(text), report => Assert.Equal("RP0010 'Dots'", report));
        var messages = AnalyzerRun.Messages(text);
        Assert.NotEmpty(messages);
        Assert.All(messages, message => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    private static string Text(string name, string format) =>
        Source.Replace("{{NAME}}", name, StringComparison.Ordinal).Replace("{{FORMAT}}", format, StringComparison.Ordinal);
}
