using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Runtime;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Tests.Packed;
using StoredType = Reparam.Checkpoints.DType;

namespace Reparam.Runtime.Tests.Loading;

/// <summary>What loading finds of damage, and what becomes of a model whose files are changed.</summary>
public sealed class VerificationTests : IDisposable
{
    private const int Rows = 21;
    private const int Columns = 48;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("reparam-");

    private string Packed => Path.Combine(folder.FullName, "m.reparam.safetensors");

    private string Prepacked => PrepackedFile.PathOf(Packed, PackedKernels.Current);

    public void Dispose() => folder.Delete(recursive: true);

    public static TheoryData<string> Layouts => new(["row", .. CodedMatrices.OtherLayouts]);

    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_flipped_bit_is_found_by_quick_loading_too_because_a_model_reads_everything(string layout)
    {
        Write(layout);
        _ = Load(Verify.Full);
        var good = File.ReadAllBytes(Packed);
        var random = new Random(Array.IndexOf(CodedMatrices.OtherLayouts, layout) + 1);
        for (var i = 0; i < 300; i++)
        {
            var bit = random.Next(good.Length * 8);
            good[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(Packed, good);
            foreach (var verify in Enum.GetValues<Verify>())
            {
                var found = Record.Exception(() => Load(verify));
                Assert.True(found is CheckpointException, $"bit {bit}, {verify}: {found}");
            }

            good[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_damaged_stream_is_passed_over(string layout)
    {
        Write(layout);
        var expected = Product(Load());
        if (WritePrepacked() == 0)
        {
            return;
        }

        var (model, layer) = Build();
        CheckpointLoader.Load(model, Packed);
        Assert.True(Assert.Single(layer.Weight.Packed!).IsPrepacked);

        var good = File.ReadAllBytes(Prepacked);
        var random = new Random(Array.IndexOf(CodedMatrices.OtherLayouts, layout) + 1);
        for (var i = 0; i < 200; i++)
        {
            var bit = random.Next(good.Length * 8);
            good[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(Prepacked, good);
            Assert.Equal(expected, Product(Load()));
            good[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        var data = 8 + (int)BitConverter.ToInt64(good);
        foreach (var bytes in (byte[][])[[], [0xff], [.. good[..data], .. Enumerable.Repeat((byte)0xff, good.Length - data)], [.. Enumerable.Repeat((byte)0xff, good.Length)], good[..^64], [.. good, 0]])
        {
            File.WriteAllBytes(Prepacked, bytes);
            Assert.Equal(expected, Product(Load()));
        }
    }

    [Fact]
    public void A_stream_that_was_written_wrongly_is_replaced_by_the_codes()
    {
        Write("row");
        var expected = Product(Load());
        WritePrepacked();

        // Other bytes, with checksums that fit: no damage, but not what the codes say either.
        var writer = new SafetensorsWriter { HasChecksums = true, Alignment = 64 };
        using (var good = SafetensorsFile.Open(Prepacked))
        {
            writer.Add("0.weight", StoredType.U8, good.Info("0.weight").Shape.AsSpan(), good.Bytes("0.weight").ToArray().Select(value => (byte)~value).ToArray());
            foreach (var (key, value) in good.Metadata)
            {
                writer.SetMetadata(key, value);
            }
        }

        writer.Write(Prepacked);
        Assert.Equal(expected, Product(Load()));
    }

    [Fact]
    public void Streams_of_another_packed_file_are_passed_over_however_little_differs()
    {
        Write("row", seed: 1);
        WritePrepacked();
        var bytes = File.ReadAllBytes(Prepacked);

        // The same header but for checksums: one code is another one.
        Write("row", seed: 1, change: true);
        var expected = Product(Load());
        File.Delete(Prepacked);
        Assert.Equal(expected, Product(Load()));
        File.WriteAllBytes(Prepacked, bytes);
        Assert.Equal(expected, Product(Load()));
    }

    [Fact]
    public void Codes_that_a_stream_stands_for_are_read_by_full_verification_only()
    {
        Write("row");
        WritePrepacked();
        var expected = Product(Load());
        var bytes = File.ReadAllBytes(Packed);
        using (var file = SafetensorsFile.Open(Packed))
        {
            bytes[bytes.AsSpan().IndexOf(file.Bytes("0.weight.codes"))] ^= 1;
        }

        File.WriteAllBytes(Packed, bytes);
        Assert.Equal(expected, Product(Load()));
        var error = Assert.Throws<CheckpointException>(() => Load(Verify.Full));
        Assert.Equal((CheckpointRule.Checksum, "0.weight.codes"), (error.Rule, error.Tensor));

        // Without its stream the file itself is found to be wrong.
        File.Delete(Prepacked);
        Assert.Equal(CheckpointRule.Checksum, Assert.Throws<CheckpointException>(() => Load()).Rule);
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_model_does_not_see_what_becomes_of_its_files(string layout)
    {
        Write(layout);
        WritePrepacked();
        var model = Load();
        var expected = Product(model);
        foreach (var file in (string[])[Packed, Prepacked])
        {
            if (File.Exists(file))
            {
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Write);
                stream.Write(new byte[stream.Length]);
                stream.SetLength(0);
            }
        }

        Assert.Equal(expected, Product(model));
    }

    [Fact]
    public void Loading_keeps_no_mapping_and_no_handle()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        Write("row");
        WritePrepacked();
        var models = Enumerable.Range(0, 20).Select(_ => Load()).ToArray();
        Assert.DoesNotContain(File.ReadAllLines("/proc/self/maps"), line => line.Contains(folder.FullName, StringComparison.Ordinal));
        Assert.DoesNotContain(
            Directory.GetFiles("/proc/self/fd").Select(file => new FileInfo(file).LinkTarget ?? ""), target => target.StartsWith(folder.FullName, StringComparison.Ordinal));
        GC.KeepAlive(models);
    }

    [Theory]
    [InlineData("row")]
    [InlineData("nested")]
    public void Files_of_versions_before_checksums_load_and_cannot_be_verified(string layout)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Loading", "assets", $"before-checksums-{layout}.reparam.safetensors");
        var (first, second) = (Nn.Linear(32, 16, hasBias: false), Nn.Linear(16, 8));
        var model = Nn.Sequential(first, second);
        CheckpointLoader.Load(model, path);
        Assert.All([first, second], layer => Assert.True(layer.Weight.IsPacked));

        // The prepacked weights beside it are of that version too, with a fingerprint that was not exact.
        Assert.All([first, second], layer => Assert.False(layer.Weight.Packed![0].IsPrepacked));
        var error = Assert.Throws<CheckpointException>(() => CheckpointLoader.Load(model, path, Verify.Full));
        Assert.Equal(CheckpointRule.Checksum, error.Rule);
        Assert.Contains("no checksums", error.Message);
    }

    [Fact]
    public void Tensors_that_can_be_computed_are_passed_over_and_a_step_counter_may_be_missing()
    {
        var writer = new SafetensorsWriter { HasChecksums = true };
        writer.Add("0.weight", [Rows, Columns], new ReadOnlyMemory<float>(new float[Rows * Columns]));
        writer.Add("h.0.attn.bias", [1, 1, 4, 4], new ReadOnlyMemory<byte>(new byte[16]));
        writer.Add("rotary.inv_freq", [4], new ReadOnlyMemory<float>(new float[4]));
        writer.Write(Packed);
        _ = Load(Verify.Full);

        var counter = new Counter();
        CheckpointLoader.Load(counter, WriteOne("weight"));
        Assert.Equal(7, counter.Steps.ToArray<long>()[0]);
        Assert.Contains("unexpected 'bias'", Assert.Throws<CheckpointException>(() => CheckpointLoader.Load(counter, WriteOne("weight", "bias"))).Message);
    }

    private string WriteOne(params string[] names)
    {
        var writer = new SafetensorsWriter();
        foreach (var name in names)
        {
            writer.Add(name, [1], new ReadOnlyMemory<float>([1]));
        }

        writer.Write(Path.Combine(folder.FullName, "one.safetensors"));
        return Path.Combine(folder.FullName, "one.safetensors");
    }

    private int WritePrepacked()
    {
        using var file = PackedFile.Open(Packed);
        return PrepackedFile.Write(file, PackedKernels.Current, Prepacked);
    }

    private void Write(string layout, int seed = 1, bool change = false)
    {
        var matrix = layout == "row" ? CodedMatrices.Random(Rows, Columns, 1, 16, seed: seed) : CodedMatrices.Random(layout, Rows, Columns, 2, seed: seed);
        if (change && matrix is BinaryCodedMatrix binary)
        {
            var codes = binary.Codes.ToArray();
            codes[^3] ^= 1;
            matrix = new BinaryCodedMatrix(Rows, Columns, 1, 16, binary.ScaleExponent, codes, binary.Scales);
        }

        var writer = new PackedFileWriter();
        writer.AddLayer("0.weight", "shiftadd", [Rows, Columns], StoredType.F32, matrix);
        writer.Write(Packed);
    }

    private static (Sequential Model, Linear Layer) Build()
    {
        var layer = Nn.Linear(Columns, Rows, hasBias: false);
        return (Nn.Sequential(layer), layer);
    }

    private Sequential Load(Verify verify = Verify.Quick)
    {
        var (model, _) = Build();
        CheckpointLoader.Load(model, Packed, verify);
        return model;
    }

    private static float[] Product(Sequential model) =>
        model.Call(Torch.Tensor(Parity.Pair.FloatValues(3 * Columns, 1, ugly: false), [3L, Columns])).ToArray<float>();

    /// <summary>A module that counts its steps as batch normalization does.</summary>
    private sealed class Counter() : Module(nameof(Counter))
    {
        public Parameter Weight { get; } = new(Torch.Zeros(1));

        public Tensor Steps { get; } = Torch.Tensor(new long[] { 7 });

        protected override void VisitComponents(ComponentVisitor visitor)
        {
            visitor.Parameter("weight", Weight);
            visitor.Buffer("num_batches_tracked", Steps);
        }
    }
}
