using Reparam.Generators.Tests.Harness;

namespace Reparam.Generators.Tests.Structures;

public class Structures_Diagnostics
{
    [Fact]
    public void A_structure_without_mistakes_gives_no_report() => Assert.Empty(AnalyzerRun.Reports(StructureSources.Net()));

    [Theory]
    [InlineData("[ReparamModule, Halved(2)] public sealed partial class Block", "[ReparamModule] public sealed partial class Block", "RP0014 'Block'", "has no structure attribute")]
    [InlineData("[ReparamModule, Halved(2)] public", "[ReparamModule, Halved(2), Other] public", "RP0014 'Block'", "has 2 structure attributes")]
    [InlineData("[ReparamModule] public sealed partial class Folded", "[ReparamModule, Halved(1)] public sealed partial class Folded", "RP0014 'Halved(1)'", "does not derive from StructureBlock<TFolded>")]
    [InlineData("public partial Module<Tensor, Tensor> Made", "[Halved(2)] public partial Module<Tensor, Tensor> Made", "RP0014 'Halved(2)'", "stands on the property 'Made'")]
    [InlineData("namespace Tests;", "[assembly: Tests.Halved(2)] namespace Tests;", "RP0014 'Tests.Halved(2)'", "stands on the assembly")]
    public void RP0014_attribute_and_block(string from, string to, string report, string part) => Expect(report, part, from, to);

    [Theory]
    [InlineData("[ReparamModule] public sealed partial class Folded", "public sealed partial class Folded", "is not marked")]
    [InlineData("[ReparamModule] public sealed partial class Folded", "[ReparamModule] public abstract partial class Folded", "is abstract")]
    public void RP0030_folded_class(string from, string to, string part)
    {
        var source = StructureSources.Net().Replace(from, to).Replace("() => new Folded(width)", "() => null!").Replace("Outer(Folded own)", "Outer()");
        Assert.Contains("RP0030 'Block'", AnalyzerRun.Reports(source));
        Assert.Contains(AnalyzerRun.Messages(source), message => message.Contains(part, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("public Folded(long width)", "public Folded(long size)")]
    [InlineData("public Folded(long width)", "public Folded(int width)")]
    [InlineData("public Folded(long width)", "public Folded(long width, long more = 1)")]
    [InlineData("public Folded(long width)", "public Folded(long width = 4)")]
    [InlineData("public Folded(long width)", "private Folded(long width)")]
    public void RP0031_constructors(string from, string to) => Expect(
        "RP0031 'Block'", "The constructor (long width) of 'Block' has none of the same parameters in 'Folded', which has ", from, to + " : this() { } private Folded()", "() => new Folded(width)", "() => null!");

    [Theory]
    [InlineData("Tests.HalvedFold\"", "Tests.Gone\"")]
    [InlineData("class HalvedFold : StructureMethod", "abstract class HalvedFold : StructureMethod")]
    [InlineData("public override System.Type OptionsType", "public HalvedFold(int x) { } public override System.Type OptionsType")]
    public void RP0010_structure_method(string from, string to) => Expect("RP0010 'Halved(2)'", "derives from Reparam.Compression.Structures.StructureMethod", from, to);

    [Fact]
    public void RP0007_options_have_their_range() => Expect("RP0007 '9'", "expected", "Halved(2)]", "Halved(9)]");

    [Fact]
    public void RP0002_the_form_of_a_block_is_reported_although_it_has_no_twin() =>
        Expect("RP0002 'Block'", "nested in 'Outer'", "[ReparamModule, Halved(2)] public", "public static class Outer { [ReparamModule, Halved(2)] public", "[ReparamModule] public sealed partial class Folded", "} [ReparamModule] public sealed partial class Folded", "new Block(", "new Outer.Block(", " Block Typed", " Outer.Block Typed");

    [Fact]
    public void A_members_type_or_use_that_the_folded_class_lacks_is_reported_at_its_token()
    {
        var source = StructureSources.Net().Replace("Typed.call(x)", "Typed.call(x) * Typed.Slope + Typed.Both");
        Assert.Contains("Slope", Assert.Single(Twins.TwinAnalysis.Reports(source)), StringComparison.Ordinal);
    }

    private static void Expect(string report, string part, params string[] edits)
    {
        var source = StructureSources.Net();
        for (var i = 0; i < edits.Length; i += 2)
        {
            Assert.Contains(edits[i], source, StringComparison.Ordinal);
            source = source.Replace(edits[i], edits[i + 1]);
        }

        Assert.Equal([report], AnalyzerRun.Reports(source));
        Assert.Contains(part, Assert.Single(AnalyzerRun.Messages(source)), StringComparison.Ordinal);
    }
}
