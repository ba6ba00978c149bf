using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Foreign.Tests.Formats.Levels;
using Reparam.Foreign.Tests.Formats.Signs;
using Reparam.Runtime;
using Reparam.Runtime.Packed;
using DType = Reparam.Checkpoints.DType;
using Linear = Reparam.Runtime.Linear;

namespace Reparam.Foreign.Tests.Formats;

/// <summary>Formats of this assembly, from registration to a product: signs with one scale a tensor, and indices of levels that weights share.</summary>
public sealed class ForeignFormatsTests : IDisposable
{
    private const int Rows = 37;
    private const int Columns = 83;

    private readonly string folder = Directory.CreateTempSubdirectory("reparam-foreign").FullName;

    private string Packed => Path.Combine(folder, "model.reparam.safetensors");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_format_is_registered_once_and_its_name_is_its_own()
    {
        PackedFormats.Register(new SignFormat());
        PackedFormats.Register(SignFormat.Instance);

        Assert.Single(PackedFormats.All, format => format.Name == "sign");
        Assert.Equal(SignFormat.Instance, PackedFormats.Find("sign"));
        Assert.Equal(["row", "column", "block8", "nested", "codebook"], PackedFormats.All.Take(5).Select(format => format.Name));
        Assert.Contains("taken by", Assert.Throws<ArgumentException>(() => PackedFormats.Register(new Impostor("sign", ".a"))).Message);
        Assert.Contains("each a dot and a name", Assert.Throws<ArgumentException>(() => PackedFormats.Register(new Impostor("impostor", "a"))).Message);
        Assert.Throws<ArgumentException>(() => new Impostor("Sign", ".a"));
        Assert.Null(PackedFormats.Find("impostor"));
    }

    [Fact]
    public void Weights_come_back_bit_for_bit_from_a_file_and_from_shards()
    {
        var (signs, levels) = (Signs(1), Levels(2));
        foreach (var shardBytes in new long?[] { null, 4000 })
        {
            using var writer = new PackedFileWriter(Packed);
            writer.AddLayer("a.weight", "mine", [Rows, Columns], DType.BF16, signs);
            writer.AddLayer("b.weight", "mine", [Rows, Columns], DType.F32, levels);
            var written = writer.Write(Packed, review: file => file.VerifyCanaries(), maxShardBytes: shardBytes);

            using var packed = PackedFile.Open(written);

            Assert.Equal(signs.Decode(), packed.ReadSingles("a.weight"));
            Assert.Equal(levels.Decode(), packed.ReadSingles("b.weight"));
            Assert.Equal(signs.Decode(), packed.ReadMatrixLazily("a.weight").Decode());
            Assert.Empty(packed.CopiedNames);
            Assert.Equal(("mine", DType.BF16, "sign"), (packed.Layers["a.weight"].Method, packed.Layers["a.weight"].DType, packed.Layers["a.weight"].Format.Name));
            Assert.Equal(8.0 * Rows * ((Columns + 7) / 8) / (Rows * Columns), packed.BitsPerWeight("a.weight"));
            packed.VerifyCanaries();
        }
    }

    [Fact]
    public void A_table_that_weights_share_is_stored_once()
    {
        var writer = new PackedFileWriter();
        writer.AddLayer("b.weight", "mine", [Rows, Columns], DType.F32, Levels(2));
        writer.AddLayer("a.weight", "mine", [Rows, Columns], DType.F32, Levels(3));
        writer.AddLayer("c.weight", "mine", [Rows, Columns], DType.F32, Levels(2));
        writer.AddLayer("d.weight", "mine", [Rows, Columns], DType.F32, Levels(2, tableSeed: 8));
        writer.Write(Packed);

        using var packed = PackedFile.Open(Packed);

        Assert.Equal(
            ["a.weight.table", "a.weight.table", "a.weight.table", "d.weight.table"], packed.Layers.Values.Select(spec => spec.TableInfo?.Name));
        Assert.Equal(2 * 256 * sizeof(float), packed.TableBytes);
        Assert.Equal(8 + (8.0 * 256 * sizeof(float) / (3 * Rows * Columns)), packed.BitsPerWeight("c.weight"), 12);
        Assert.True(packed.SameCoding("b.weight", "c.weight"));
        Assert.False(packed.SameCoding("a.weight", "b.weight"));
        Assert.False(packed.SameCoding("c.weight", "d.weight"));
    }

    [Fact]
    public void A_list_shows_what_the_format_says_of_a_weight()
    {
        Write(Signs(1));
        using var packed = PackedFile.Open(Packed);
        var spec = packed.Layers["fc.weight"];

        Assert.Equal(new PackedSummary { Bits = "1", Group = "tensor", Scales = "1" }, spec.Format.Describe(spec));
        Assert.Equal(new PackedSummary(), LevelFormat.Instance.Describe(PackedLayerSpec.Of("w", "mine", [Rows, Columns], DType.F32, Levels(1))));
    }

    [Fact]
    public void What_is_not_in_canonical_form_is_neither_written_nor_read()
    {
        var signs = Signs(1).Signs.ToArray();
        signs[^1] |= 0x80;
        var wrong = new SignMatrix(Rows, Columns, 1, signs);
        Assert.Contains("found signs behind column 82 in row 36", Assert.Throws<ArgumentException>(() => Write(wrong)).Message);
        Assert.Contains("found scale", Assert.Throws<ArgumentException>(() => Write(new SignMatrix(Rows, Columns, -1, Signs(1).Signs))).Message);

        Write(Signs(1));
        Change(tensors => tensors["fc.weight.signs"][^1] |= 0x80, layers => layers);
        using var packed = PackedFile.Open(Packed);
        var error = Assert.Throws<CheckpointException>(() => packed.ReadMatrix("fc.weight"));
        Assert.Equal((CheckpointRule.Packed, "fc.weight"), (error.Rule, error.Tensor));
        Assert.Contains("found signs behind column 82 in row 36", error.Message);
    }

    [Theory]
    [InlineData("\"scale\":", "\"scale\":\"1\",\"old\":", "found scale \"1\", expected a number")]
    [InlineData("\"scale\":", "\"zero\":1,\"scale\":", "found member 'zero', expected none but")]
    [InlineData("\"scale\":", "\"size\":", "found no member 'scale'")]
    [InlineData("\"sign\"", "\"signs\"", "layer 'fc.weight': found layout 'signs', expected one that is registered: row, column, block8, nested, codebook")]
    [InlineData("[37,83]", "[37,96]", "'fc.weight.signs': found U8 [37, 11], expected U8 [37, 12]")]
    [InlineData("fc.weight", "gc.weight", "unexpected 'fc.weight.signs': 'reparam.layers' lists no such layer", true)]
    public void A_spec_that_does_not_fit_is_refused_when_the_file_is_opened(string found, string replacement, string expected, bool alone = false)
    {
        Write(Signs(1));
        Change(
            tensors =>
            {
                if (alone)
                {
                    tensors["gc.weight.signs"] = (byte[])tensors["fc.weight.signs"].Clone();
                }
            },
            layers => layers.Replace(found, replacement, StringComparison.Ordinal));

        Assert.Contains(expected, Assert.Throws<CheckpointException>(() => PackedFile.Open(Packed).Dispose()).Message);
    }

    [Fact]
    public void A_source_with_the_name_of_a_part_is_refused()
    {
        var source = new SafetensorsWriter();
        source.Add<float>("fc.weight", [Rows, Columns], new float[Rows * Columns]);
        source.Add<float>("fc.weight.signs", [1], new float[1]);
        source.Write(Path.Combine(folder, "dense.safetensors"));
        using var dense = Checkpoint.Open(Path.Combine(folder, "dense.safetensors"));
        var writer = new PackedFileWriter();
        writer.AddLayer("fc.weight", "mine", [Rows, Columns], DType.F32, Signs(1));

        Assert.Equal("fc.weight.signs", Assert.Throws<CheckpointException>(() => writer.CopyRest(dense)).Tensor);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_model_runs_on_the_codes_and_holds_them_against_the_check_values(bool signs)
    {
        CodedMatrix matrix = signs ? Signs(4) : Levels(5);
        Write(matrix);
        var model = new Model();

        CheckpointLoader.Load(model, Packed, Verify.Full);

        Assert.True(model.Fc.Weight.IsPacked);
        var x = Values(3 * Columns, 6);
        var found = model.Call(Torch.Tensor(x, [3L, Columns])).ToArray<float>();
        var weights = matrix.Decode();
        for (var i = 0; i < found.Length; i++)
        {
            var (expected, size) = (0.0, 0.0);
            for (var k = 0; k < Columns; k++)
            {
                var product = (double)weights[(i % Rows * Columns) + k] * x[(i / Rows * Columns) + k];
                (expected, size) = (expected + product, size + Math.Abs(product));
            }

            Assert.InRange(found[i], expected - (1e-5 * size), expected + (1e-5 * size));
        }
    }

    [Fact]
    public void Other_codes_than_were_written_do_not_give_the_check_values()
    {
        Write(Signs(1));
        Change(tensors => tensors["fc.weight.signs"][0] ^= 0x7F, layers => layers);

        using (var packed = PackedFile.Open(Packed))
        {
            Assert.Equal(CheckpointRule.Canary, Assert.Throws<CheckpointException>(packed.VerifyCanaries).Rule);
        }

        Assert.Equal(CheckpointRule.Canary, Assert.Throws<CheckpointException>(() => CheckpointLoader.Load(new Model(), Packed)).Rule);
    }

    [Fact]
    public void A_format_that_does_not_keep_its_word_is_named()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new PackedFileWriter().AddLayer("w", "mine", [Rows, Columns], DType.F32, new Untrue()));
        Assert.Contains("the format 'untrue' wrote [], expected the parts of its spec: [w.signs: U8 [37, 11]]", error.Message);
    }

    private static SignMatrix Signs(int seed) => SignMatrix.Of(Values(Rows * Columns, seed), Rows, Columns);

    private static LevelMatrix Levels(int seed, int tableSeed = 7)
    {
        var indices = new byte[Rows * Columns];
        new Random(seed).NextBytes(indices);
        return new LevelMatrix(Rows, Columns, indices, Values(256, tableSeed));
    }

    private static float[] Values(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    private void Write(CodedMatrix matrix)
    {
        var writer = new PackedFileWriter();
        writer.AddLayer("fc.weight", "mine", [Rows, Columns], DType.F32, matrix);
        writer.Write(Packed);
    }

    /// <summary>Changes what a file holds; its checksums are those of the changed content.</summary>
    private void Change(Action<Dictionary<string, byte[]>> tensors, Func<string, string> layers)
    {
        var changed = new SafetensorsWriter { HasChecksums = true };
        using (var file = Checkpoint.Open(Packed))
        {
            var infos = file.Names.ToDictionary(name => name, file.Info);
            var bytes = file.Names.ToDictionary(name => name, name => file.Bytes(name).ToArray());
            tensors(bytes);
            foreach (var (name, content) in bytes)
            {
                var info = infos.GetValueOrDefault(name) ?? infos["fc.weight.signs"];
                changed.Add(name, info.DType, info.Shape.AsSpan(), content);
            }

            foreach (var (key, value) in file.Metadata)
            {
                changed.SetMetadata(key, key == PackedKeys.LayersKey ? layers(value) : value);
            }
        }

        changed.Write(Packed);
    }

    private sealed class Model() : Module<Tensor, Tensor>(nameof(Model))
    {
        public Linear Fc { get; } = Nn.Linear(Columns, Rows, hasBias: false);

        public override Tensor Forward(Tensor input) => Fc.Call(input);

        protected override void VisitComponents(ComponentVisitor visitor) => visitor.Module("fc", Fc);
    }

    private sealed class Impostor(string name, string suffix) : PackedFormat(name)
    {
        public override System.Collections.Immutable.ImmutableArray<string> Suffixes => [suffix];

        public override PackedLayerSpec SpecOf(CodedWeight weight, CodedMatrix matrix) => new SignSpec(SignFormat.Instance, weight, 1);

        public override PackedLayerSpec ReadSpec(CodedWeight weight, SpecMembers members) => new SignSpec(SignFormat.Instance, weight, 1);

        public override CodedMatrix Read(ICheckpoint checkpoint, string weight, PackedLayerSpec spec) => Signs(1);

        public override void Write(SafetensorsWriter file, string weight, PackedLayerSpec spec, CodedMatrix matrix)
        {
        }

        public override string? Problem(CodedMatrix matrix) => null;
    }

    /// <summary>A matrix whose format lists a part and does not write it.</summary>
    private sealed class Untrue() : CodedMatrix(ForeignFormatsTests.Rows, ForeignFormatsTests.Columns)
    {
        public override PackedFormat Format { get; } = new UntrueFormat();

        public override long StoredBytes => 0;

        public override void DecodeRow(int row, Span<float> destination) => destination.Clear();

        private sealed class UntrueFormat() : PackedFormat("untrue")
        {
            public override System.Collections.Immutable.ImmutableArray<string> Suffixes => [SignFormat.SignsSuffix];

            public override PackedLayerSpec SpecOf(CodedWeight weight, CodedMatrix matrix) => new UntrueSpec(this, weight);

            public override PackedLayerSpec ReadSpec(CodedWeight weight, SpecMembers members) => new UntrueSpec(this, weight);

            public override CodedMatrix Read(ICheckpoint checkpoint, string weight, PackedLayerSpec spec) => new Untrue();

            public override void Write(SafetensorsWriter file, string weight, PackedLayerSpec spec, CodedMatrix matrix)
            {
            }

            public override string? Problem(CodedMatrix matrix) => null;
        }

        private sealed record UntrueSpec : PackedLayerSpec
        {
            public UntrueSpec(PackedFormat format, CodedWeight weight)
                : base(format, weight)
            {
            }

            public override System.Collections.Immutable.ImmutableArray<TensorInfo> Parts(string weight) => [new(weight + ".signs", Reparam.Checkpoints.DType.U8, [Rows, (Columns + 7) / 8])];

            public override void WriteMembers(System.Text.Json.Utf8JsonWriter json)
            {
            }

            protected override string? ProblemOfMembers() => null;
        }
    }
}
