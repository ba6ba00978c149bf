using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Tests.Packed;
using StoredType = Reparam.Checkpoints.DType;

namespace Reparam.Runtime.Tests.Loading;

public class PrepackedFileTests
{
    private const int Rows = 37;
    private const int Columns = 150;

    public static TheoryData<string> Layouts => new(CodedMatrices.OtherLayouts);

    public static TheoryData<int> GroupSizes => [.. KernelCases.GroupSizes];

    [Theory]
    [MemberData(nameof(GroupSizes))]
    public void A_mapped_stream_gives_the_bits_of_a_repacked_one(int groupSize)
    {
        using var folder = new Folder();
        var packed = folder.WritePacked("model.reparam.safetensors", groupSize);
        var expected = Product(packed, mapped: false);
        Assert.Equal(1, folder.WritePrepacked(packed, PackedKernels.Current));
        Assert.Equal(expected, Product(packed, mapped: true));
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_stream_of_the_other_layouts_gives_the_bits_of_a_repacked_one(string layout)
    {
        using var folder = new Folder();
        var matrix = CodedMatrices.Random(layout, Rows, Columns, 2);
        var packed = folder.WritePacked("model.reparam.safetensors", matrix);
        var expected = Product(packed, mapped: false);
        var files = folder.WritePrepacked(packed, PackedKernels.Current);
        Assert.Equal(CodedMatrices.Prepack(matrix, PackedKernels.Current, KernelPrecision.Default) is null ? 0 : 1, files);
        Assert.Equal(expected, Product(packed, mapped: files == 1));
    }

    [Theory]
    [InlineData(8, 0)]
    [InlineData(16, 0)]
    [InlineData(16, 3)]
    public void A_stream_of_shared_scales_gives_the_bits_of_a_repacked_one(int blockRows, int scaleTerms)
    {
        using var folder = new Folder();
        var packed = folder.WritePacked("model.reparam.safetensors", CodedMatrices.SharedScales("block8", Rows, Columns, 3, blockRows, scaleTerms));
        var expected = Product(packed, mapped: false);
        Assert.Equal(1, folder.WritePrepacked(packed, PackedKernels.Current));
        Assert.Equal(expected, Product(packed, mapped: true));
    }

    [Fact]
    public void The_name_says_the_path() =>
        Assert.Equal(Path.Combine("a", "model.reparam.avx2"), PrepackedFile.PathOf(Path.Combine("a", "model.reparam.safetensors"), KernelPath.Avx2));

    [Fact]
    public void Streams_of_a_path_that_the_machine_need_not_have_are_written()
    {
        using var folder = new Folder();
        var nested = folder.WritePacked("nested.reparam.safetensors", CodedMatrices.Random("nested", Rows, Columns, 2));
        var packed = folder.WritePacked("model.reparam.safetensors", 64);
        foreach (var path in (KernelPath[])[KernelPath.Avx512, KernelPath.Avx2, KernelPath.Vector128])
        {
            Assert.Equal(1, folder.WritePrepacked(packed, path));
            Assert.Equal(1, folder.WritePrepacked(nested, path));
        }

        using var file = PackedFile.Open(packed);
        Assert.Throws<ArgumentOutOfRangeException>(() => PrepackedFile.Write(file, KernelPath.Scalar, PrepackedFile.PathOf(packed, KernelPath.Scalar)));
    }

    [Fact]
    public void Streams_of_another_file_are_not_taken()
    {
        using var folder = new Folder();
        var other = folder.WritePacked("other.reparam.safetensors", 64, seed: 2);
        folder.WritePrepacked(other, PackedKernels.Current);
        var packed = folder.WritePacked("model.reparam.safetensors", 64, seed: 1);
        File.Move(PrepackedFile.PathOf(other, PackedKernels.Current), PrepackedFile.PathOf(packed, PackedKernels.Current));
        _ = Product(packed, mapped: false);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(300)]
    [InlineData(-1)]
    public void A_damaged_file_is_as_good_as_none(int length)
    {
        using var folder = new Folder();
        var packed = folder.WritePacked("model.reparam.safetensors", 64);
        folder.WritePrepacked(packed, PackedKernels.Current);
        var place = PrepackedFile.PathOf(packed, PackedKernels.Current);
        var bytes = File.ReadAllBytes(place);
        File.WriteAllBytes(place, bytes[..(length < 0 ? bytes.Length + length : length)]);
        _ = Product(packed, mapped: false);
    }

    private static float[] Product(string packed, bool mapped)
    {
        var layer = Nn.Linear(Columns, Rows, hasBias: false);
        CheckpointLoader.Load(Nn.Sequential(layer), packed);
        Assert.Equal(mapped, Assert.Single(layer.Weight.Packed!).IsPrepacked);
        return layer.Call(Torch.Tensor(Parity.Pair.FloatValues(3 * Columns, 1, ugly: false), [3L, Columns])).ToArray<float>();
    }

    private sealed class Folder : IDisposable
    {
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("reparam-");

        public string WritePacked(string name, int groupSize, int seed = 1)
        {
            var codes = new uint[3 * Rows * ((Columns + 31) / 32)];
            var random = new Random(seed);
            for (var i = 0; i < codes.Length; i++)
            {
                codes[i] = i % 5 == 4 ? (uint)random.NextInt64(1L << (Columns % 32)) : (uint)random.NextInt64(1L << 32);
            }

            var groups = groupSize == 0 ? 1 : (Columns + groupSize - 1) / groupSize;
            var scales = Enumerable.Range(0, Rows * groups * 3).Select(i => (Half)(1f / (1 + (i % 3)))).ToArray();
            return WritePacked(name, new BinaryCodedMatrix(Rows, Columns, 3, Math.Min(groupSize, Columns), 0, codes, scales));
        }

        public string WritePacked(string name, CodedMatrix matrix)
        {
            var path = Path.Combine(folder.FullName, name);
            var writer = new PackedFileWriter();
            writer.AddLayer("0.weight", "shiftadd", [Rows, Columns], StoredType.F32, matrix);
            writer.Write(path);
            return path;
        }

        public int WritePrepacked(string packed, KernelPath path)
        {
            using var file = PackedFile.Open(packed);
            return PrepackedFile.Write(file, path, PrepackedFile.PathOf(packed, path));
        }

        public void Dispose() => folder.Delete(recursive: true);
    }
}
