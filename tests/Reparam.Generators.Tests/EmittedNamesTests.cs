using Microsoft.CodeAnalysis;
using Reparam.Generators.Tests.Harness;
using Reparam.Generators.Tests.Twins;

namespace Reparam.Generators.Tests;

/// <summary>Emitted names collide with nothing that the user may have named: namespaces, classes, members, parameters and assemblies of every name compile.</summary>
public class EmittedNamesTests
{
    private const string Net = """
        [ReparamModel]
        public sealed partial class NAME : Module<Tensor, Tensor>
        {
            [LoRA(2), ShiftAdd(3)] public partial Module<Tensor, Tensor> @class { get; private set; }
            public partial ModuleList<Module<Tensor, Tensor>> @default { get; private set; }
            public partial Parameter @in { get; private set; }
            private readonly Tensor @out;
            public NAME(int @new = 4, int @while = 2) : base("net")
            {
                @class = Linear(@new, 4); @default = [Linear(4, 4)]; @in = Parameter(ones(@while, 4)); @out = ones(4);
                RegisterComponents();
            }
            public override Tensor forward(Tensor @params) { var (@if, @else) = Split(@params); return @class.call(@if) + @default[0].call(@else) + @in + @out; }
            private static (Tensor @if, Tensor @else) Split(Tensor @switch) => (@if: @switch, @else: @switch + @const());
            private static int @const<@struct>(@struct? @object = default) => 0;
            private static int @const() => @const<int>();
        }
        """;

    [Theory]
    [InlineData("namespace My.@event;", "Net", "Models")]
    [InlineData("namespace @class.@namespace.@int;", "@void", "Models")]
    [InlineData("namespace @record.@file;", "@required", "Models")]
    [InlineData("", "@event", "Models")]
    [InlineData("", "@partial", "Models")]
    [InlineData("namespace Demo;", "Model", "Demo.Model")]
    [InlineData("namespace Demo.Model;", "Model", "Demo.Model")]
    [InlineData("namespace Demo;", "Model", "Demo.Model.Inner")]
    [InlineData("namespace Demo;", "Demo", "Demo")]
    [InlineData("", "Model", "Model")]
    [InlineData("namespace Demo;", "Linear", "Demo.Linear")]
    [InlineData("namespace Demo;", "ReparamLayers", "Demo")]
    [InlineData("namespace Demo.Reparam;", "Reparam", "Demo.Reparam")]
    [InlineData("namespace Demo.TorchSharp;", "System", "Demo.System")]
    [InlineData("namespace Demo;", "Net", "my-odd assembly.1st.class")]
    public void Any_name_compiles(string space, string name, string assembly)
    {
        var run = GeneratorRun.Of(TestCompilation.Create([space + "\n" + Net.Replace("NAME", name, StringComparison.Ordinal)], assembly)).AssertCompiles();
        Assert.Empty(TwinAnalysis.Reports(run).Concat(AnalyzerRun.Diagnostics(run.Output).Select(d => d.ToString())));

        // The manifest names the class as metadata does.
        var metadataName = (space + "." + name).Replace("namespace ", "", StringComparison.Ordinal).Replace(";", "", StringComparison.Ordinal).Replace("@", "", StringComparison.Ordinal).TrimStart('.');
        Assert.Contains($"ReparamManifest(\"{metadataName}\"", run.Files(".Manifest."), StringComparison.Ordinal);
        Assert.NotNull(run.Output.GetTypeByMetadataName(metadataName + "Runtime"));
    }

    [Fact]
    public void A_library_and_its_class_of_one_name_serve_another_assembly()
    {
        var library = GeneratorRun.Of(TestCompilation.Create(["namespace Demo;\n" + Net.Replace("NAME", "Model", StringComparison.Ordinal)], "Demo.Model")).ToReference();
        GeneratorRun.Of(TestCompilation.Create(
            ["""
            namespace App;
            [ReparamModule]
            public sealed partial class Outer : Module<Tensor, Tensor>
            {
                public partial Demo.Model Inner { get; private set; }
                [LoRA(2)] public partial Module<Tensor, Tensor> Head { get; private set; }
                public Outer() : base("Outer") { Inner = new Demo.Model(); Head = Linear(4, 4); RegisterComponents(); }
                public override Tensor forward(Tensor x) => Head.call(Inner.call(x));
            }
            """], "Demo.App", library)).AssertCompiles();
    }

    [Fact]
    public void Classes_that_differ_in_case_alone_have_files_of_their_own()
    {
        var run = GeneratorRun.Of("namespace Tests;\n" + Net.Replace("NAME", "Net", StringComparison.Ordinal), "namespace Tests;\n" + Net.Replace("NAME", "NET", StringComparison.Ordinal)).AssertCompiles();
        Assert.Equal(2, run.Result.GeneratedSources.Count(s => s.HintName.EndsWith(".Twin.g.cs", StringComparison.Ordinal)));
    }

    [Fact]
    public void Backing_fields_give_way_to_members_of_the_same_name()
    {
        var run = GeneratorRun.Of("""
            namespace Tests;
            [ReparamModule]
            public sealed partial class Net : Module<Tensor, Tensor>
            {
                private readonly int __gain = 3;
                public partial Parameter Gain { get; private set; }
                [TorchSharp.Utils.ComponentName(Name = "other")] public partial Parameter gain { get; private set; }
                public Net() : base("Net") { Gain = Parameter(ones(1)); gain = Parameter(ones(1)); RegisterComponents(); }
                public override Tensor forward(Tensor x) => x * Gain * gain * __gain;
            }
            """).AssertCompiles();
        Assert.Contains("__gain__", run.File("Tests.Net.Components.g.cs"), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_marks_on_one_class_are_one_class()
    {
        var run = GeneratorRun.Of("namespace Tests;\n" + Net.Replace("NAME", "Net", StringComparison.Ordinal).Replace("[ReparamModel]", "[ReparamModule, ReparamModel]", StringComparison.Ordinal)).AssertCompiles();
        Assert.Contains("\"root\": true", run.Files(".Manifest."), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mark_on_two_parts_is_the_compilers_error_and_not_the_generators()
    {
        var run = GeneratorRun.Of("namespace Tests;\n" + Net.Replace("NAME", "Net", StringComparison.Ordinal), "namespace Tests; [ReparamModel] public sealed partial class Net { }");
        Assert.Equal(["CS0579"], run.Output.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.Id));
    }

    [Fact]
    public void Required_members_are_not_required_of_the_twin()
    {
        var run = GeneratorRun.Of("""
            namespace Tests;
            [ReparamModel]
            public sealed partial class Net : Module<Tensor, Tensor>
            {
                [System.Diagnostics.CodeAnalysis.SetsRequiredMembers] public Net() : base("Net") { A = Linear(8, 8); scale = 2; Name = "net"; Inner = new() { Note = "x" }; RegisterComponents(); }
                [ShiftAdd(3)] public required partial Module<Tensor, Tensor> A { get; set; }
                public required double scale;
                public required string Name { get; init; }
                public required Part Inner { get; set; }
                public override Tensor forward(Tensor x) => A.call(x) * scale;
                public sealed class Part { public required string Note { get; init; } }
            }

            public static class App { public static NetRuntime Load(string path) => NetRuntime.Load(path); }
            """).AssertCompiles();
        Assert.DoesNotContain("required global::Reparam.Runtime", run.File("Tests.Net.Twin.g.cs"), StringComparison.Ordinal);
    }
}
