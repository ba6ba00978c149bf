using System.Collections.Immutable;
using System.Text.Json;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Compression.Allocation;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Methods;
using Reparam.Compression.Plans;
using Reparam.Compression.Tests.Calibration;

namespace Reparam.Compression.Tests.Methods;

/// <summary>What a method throws, or gives wrongly, is one error for each weight that names the method; nothing is written.</summary>
public sealed class MethodFailure_Tests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(Failure.Begin, "RPB0116", "the method 'failing' failed: NotSupportedException: it broke")]
    [InlineData(Failure.BeginNothing, "RPB0116", "the method 'failing' failed: it gave nothing")]
    [InlineData(Failure.Encode, "RPB0116", "the method 'failing' failed on tensor 'w': NotSupportedException: it broke")]
    [InlineData(Failure.EncodeNothing, "RPB0116", "the method 'failing' failed on tensor 'w': it gave no coded matrix")]
    [InlineData(Failure.Refuse, "RPB0102", "tensor 'w': found 2 rows, expected 3")]
    [InlineData(Failure.Shape, "RPB0116", "the method 'failing' failed on tensor 'w': it gave a matrix [3, 8], expected [2, 8]")]
    [InlineData(Failure.ShapeMeasured, "RPB0116", "the method 'failing' failed on tensor 'w': it gave a matrix [3, 8], expected [2, 8]")]
    [InlineData(Failure.Error, "RPB0116", "the method 'failing' failed on tensor 'w': the squared error of its coding is NaN, expected a finite number")]
    [InlineData(Failure.Decode, "RPB0116", "the method 'failing' failed on tensor 'w': NotSupportedException: it broke")]
    [InlineData(Failure.DecodeNotFinite, "RPB0116", "the method 'failing' failed on tensor 'w': the squared error of its coding is NaN, expected a finite number")]
    [InlineData(Failure.Form, "RPB0116", "the method 'failing' failed on tensor 'w': its coding is not in the canonical form of the format 'failing': found a problem")]
    [InlineData(Failure.Parts, "RPB0116", "the method 'failing' failed on tensor 'w': InvalidOperationException: the format 'failing' wrote [w.failing: U8 [2]], expected")]
    public void A_failure_is_told_with_the_method_and_the_tensor(Failure how, string code, string text)
    {
        using var checkpoint = Write();
        var thrown = Assert.Throws<CompressionException>(() =>
            CheckpointCompressor.Compress(checkpoint, Layers(how), folder.File("p.safetensors"), new CompressionSettings { Threads = 1 }));
        var problem = Assert.Single(thrown.Problems);
        Assert.Equal(code, problem.Diagnostic.Id);
        Assert.StartsWith(text, problem.Text);
        Assert.Equal(text.Contains("Exception", StringComparison.Ordinal) || how == Failure.Refuse, problem.Cause is not null);
        Assert.False(File.Exists(folder.File("p.safetensors")));
    }

    [Theory]
    [InlineData(Failure.LadderEmpty, "RPB0116", "the method 'failing' failed on tensor 'w': its ladder has no step, expected one or more")]
    [InlineData(Failure.LadderThrows, "RPB0116", "the method 'failing' failed on tensor 'w': NotSupportedException: it broke")]
    [InlineData(Failure.LadderRange, "RPB0102", "tensor 'w': width is 9; failing takes 1 to 4")]
    [InlineData(Failure.LadderFalls, "RPB0116", "the method 'failing' failed on tensor 'w': NominalBits of 1 bits is 1, expected a finite number above 0 that is not below")]
    [InlineData(Failure.Width, "RPB0116", "the method 'failing' failed on tensor 'w': NominalBits of NaN bits is NaN, expected")]
    public void A_ladder_that_cannot_be_used_is_told(Failure how, string code, string text)
    {
        using var checkpoint = Write();
        var thrown = Assert.Throws<CompressionException>(() => BitAllocator.Allocate(
            checkpoint, Layers(how), new CompressionSettings { Threads = 1 }, new AllocationSettings { Budget = new AllocationBudget { TargetBits = 20 } }));
        var problem = Assert.Single(thrown.Problems);
        Assert.Equal(code, problem.Diagnostic.Id);
        Assert.StartsWith(text, problem.Text);
    }

    private ICheckpoint Write()
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>("w", [2, 8], Enumerable.Range(0, 16).Select(i => i / 8f).ToArray());
        writer.Write(folder.File("m.safetensors"));
        return Checkpoint.Open(folder.File("m.safetensors"));
    }

    private static ImmutableArray<LayerPlan> Layers(Failure how) => [new LayerPlan("w", MethodOptions.Parse(new FailingMethod(), [new("how", how.ToString())]))];

    /// <summary>Ways to fail.</summary>
    public enum Failure
    {
        None, Begin, BeginNothing, Encode, EncodeNothing, Refuse, Shape, ShapeMeasured, Error, Decode, DecodeNotFinite, Form, Parts,
        LadderEmpty, LadderThrows, LadderRange, LadderFalls, Width,
    }

    /// <summary>Does what no method may do.</summary>
    [ReparamMethod("failing")]
    public sealed class FailingAttribute : PostTrainingAttribute
    {
        /// <summary>What it does.</summary>
        public Failure How { get; set; }

        /// <summary>A width.</summary>
        [ReparamRange(1, 4)]
        public int Width { get; set; } = 2;
    }

    private sealed class FailingMethod : PostTrainingMethod<FailingAttribute>
    {
        public override MethodSession Begin(IReadOnlyList<SessionLayer> layers, SessionSettings settings) => layers[0].Options.As<FailingAttribute>().How switch
        {
            Failure.Begin => throw new NotSupportedException("it broke"),
            Failure.BeginNothing => null!,
            _ => new Session(),
        };

        public override IEnumerable<LadderStep> Ladder(MethodOptions options, LadderLayer layer) => options.As<FailingAttribute>().How switch
        {
            Failure.LadderEmpty => [],
            Failure.LadderThrows => throw new NotSupportedException("it broke"),
            Failure.LadderRange => new[] { 9 }.Select(width => new LadderStep(options.With("width", width))),
            Failure.LadderFalls => [new LadderStep(options), new LadderStep(options.With("width", 1))],
            _ => [new LadderStep(options)],
        };

        protected override double NominalBits(FailingAttribute options) => options.How == Failure.Width ? double.NaN : options.Width;
    }

    private sealed class Session : MethodSession
    {
        public override CodedLayer Encode(LayerJob job)
        {
            var how = job.Options.As<FailingAttribute>().How;
            FailingMatrix Matrix(int rows) => new(rows, job.Columns, how);
            return how switch
            {
                Failure.Encode => throw new NotSupportedException("it broke"),
                Failure.EncodeNothing => null!,
                Failure.Refuse => throw new ArgumentException("found 2 rows, expected 3"),
                Failure.Shape => new CodedLayer(Matrix(job.Rows + 1), 0, 1),
                Failure.ShapeMeasured => CodedLayer.Measure(Matrix(job.Rows + 1), job),
                Failure.Error => new CodedLayer(Matrix(job.Rows), double.NaN, 1),
                _ => CodedLayer.Measure(Matrix(job.Rows), job),
            };
        }
    }

    private sealed class FailingMatrix(int rows, int columns, Failure how) : CodedMatrix(rows, columns)
    {
        public Failure How => how;

        public override PackedFormat Format => FailingFormat.Instance;

        public override long StoredBytes => Rows;

        public override void DecodeRow(int row, Span<float> destination)
        {
            if (how == Failure.Decode)
            {
                throw new NotSupportedException("it broke");
            }

            destination[..Columns].Fill(how == Failure.DecodeNotFinite ? float.NaN : 0.5f);
        }
    }

    private sealed record FailingSpec(PackedFormat Owner, CodedWeight Weight) : PackedLayerSpec(Owner, Weight)
    {
        public override ImmutableArray<TensorInfo> Parts(string weight) => [new(weight + ".failing", DType.U8, [Rows + 1])];

        public override void WriteMembers(Utf8JsonWriter json)
        {
        }

        protected override string? ProblemOfMembers() => null;
    }

    private sealed class FailingFormat() : PackedFormat<FailingSpec, FailingMatrix>("failing")
    {
        public static FailingFormat Instance { get; } = new();

        public override ImmutableArray<string> Suffixes => [".failing"];

        public override PackedLayerSpec ReadSpec(CodedWeight weight, SpecMembers members) => new FailingSpec(this, weight);

        protected override FailingSpec SpecOf(CodedWeight weight, FailingMatrix matrix) => new(this, weight);

        protected override FailingMatrix Read(ICheckpoint checkpoint, string weight, FailingSpec spec) => new(spec.Rows, spec.Columns, Failure.None);

        protected override void Write(SafetensorsWriter file, string weight, FailingSpec spec, FailingMatrix matrix) =>
            file.Add<byte>(weight + ".failing", [matrix.Rows], new byte[matrix.Rows]);

        protected override string? Problem(FailingMatrix matrix) => matrix.How == Failure.Form ? "found a problem" : null;
    }
}
