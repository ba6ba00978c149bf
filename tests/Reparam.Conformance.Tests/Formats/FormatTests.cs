using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Runtime.Packed;

namespace Reparam.Conformance.Tests.Formats;

/// <summary>
/// What every packed format promises: round trip, canonical form, refusals, check values, and products that agree with its row decoder on every path.
/// </summary>
public sealed class FormatTests : IDisposable
{
    private const string Weight = "fc.weight";

    private readonly TestFolder folder = new();

    public static TheoryData<string> Samples => FormatSamples.All;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_format_has_a_sample() =>
        Assert.Equal(PackedFormats.All.Select(format => format.Name).Order(StringComparer.Ordinal), FormatSamples.Formats.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Samples))]
    public void Weights_come_back_bit_for_bit(string sample)
    {
        var matrix = FormatSamples.Of(sample);
        Assert.Null(matrix.Format.Problem(matrix));
        var decoded = matrix.Decode();
        foreach (var shardBytes in new long?[] { null, 3000 })
        {
            var path = Write(matrix, "model.reparam.safetensors", shardBytes);
            using var packed = PackedFile.Open(path);
            var spec = packed.Layers[Weight];
            Assert.Equal((matrix.Format.Name, "conformance", DType.BF16), (spec.Format.Name, spec.Method, spec.DType));
            Assert.Equal(matrix.StoredBytes, spec.StoredBytes);
            Assert.True(decoded.AsSpan().SequenceEqual(packed.ReadSingles(Weight)));
            Assert.True(decoded.AsSpan().SequenceEqual(packed.ReadMatrix(Weight).Decode()));
            Assert.True(decoded.AsSpan().SequenceEqual(packed.ReadMatrixLazily(Weight).Decode()));
            Assert.All(spec.Parts(Weight), part => Assert.Contains(matrix.Format.Suffixes, suffix => part.Name == Weight + suffix));
            packed.VerifyCanaries();
            Assert.NotNull(ContentVerification.Verify(packed.Checkpoint));
        }

        // What was read is written as it was.
        var first = File.ReadAllBytes(Write(matrix, "first"));
        using var again = PackedFile.Open(folder["first"]);
        Assert.Equal(first, File.ReadAllBytes(Write(again.ReadMatrix(Weight), "second")));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Parts_that_are_cut_short_missing_or_of_another_type_are_refused(string sample)
    {
        var matrix = FormatSamples.Of(sample);
        Write(matrix, "whole");
        foreach (var part in PartsOf("whole"))
        {
            void IsRefused(Func<TensorInfo, byte[], (DType Type, long[] Shape, byte[] Bytes)?> change) =>
                Assert.Contains(part, Refused(Change("whole", part, change)), StringComparison.Ordinal);
            IsRefused((_, _) => null);
            IsRefused((info, _) => (DType.F64, info.Shape.ToArray(), new byte[info.ElementCount * 8]));
            IsRefused((info, bytes) =>
            {
                long[] shorter = [info.Shape[0] - 1, .. info.Shape.Skip(1)];
                return (info.DType, shorter, bytes[..(int)(bytes.Length / info.Shape[0] * shorter[0])]);
            });
        }

        var file = File.ReadAllBytes(folder["whole"]);
        File.WriteAllBytes(folder["short"], file[..^5]);
        Assert.Throws<CheckpointException>(() => PackedFile.Open(folder["short"]).Dispose());
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Other_bytes_than_were_written_are_found(string sample)
    {
        var decoded = FormatSamples.Of(sample).Decode();
        Write(FormatSamples.Of(sample), "whole");
        var file = File.ReadAllBytes(folder["whole"]);
        var data = 8 + (int)BitConverter.ToInt64(file, 0);
        var random = new Random(4);
        for (var i = 0; i < 24; i++)
        {
            var changed = (byte[])file.Clone();
            changed[random.Next(data, file.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(folder["changed"], changed);
            Assert.Throws<CheckpointException>(() =>
            {
                using var checkpoint = Checkpoint.Open(folder["changed"]);
                ContentVerification.Verify(checkpoint);
            });
        }

        // With checksums made for them, the check values tell, or the canonical form. A part that says how inputs are rounded changes no weight.
        foreach (var part in PartsOf("whole"))
        {
            var path = Change(
                "whole", part, (info, bytes) => (info.DType, info.Shape.ToArray(), [.. bytes.Select((value, at) => (byte)(value ^ (0x11 << (at % 3))))]));
            if (!KeepsWeights(path, decoded))
            {
                Refused(path, packed => packed.VerifyCanaries());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_kernel_path_agrees_with_the_row_decoder(string sample)
    {
        var matrix = FormatSamples.Of(sample);
        var decoded = matrix.Decode();
        var random = new Random(6);
        float[] x = [.. Enumerable.Range(0, 33 * matrix.Columns).Select(_ => (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5))];
        foreach (var path in Enum.GetValues<KernelPath>().Where(PackedKernels.IsSupported))
        {
            foreach (var precision in Enum.GetValues<KernelPrecision>())
            {
                var packed = PackedMatrix.Create(matrix, path, precision);
                var row = new float[matrix.Columns];
                for (var r = 0; r < matrix.Rows; r++)
                {
                    packed.DecodeRow(r, row);
                    Assert.True(
                        row.AsSpan().SequenceEqual(decoded.AsSpan(r * matrix.Columns, matrix.Columns)), $"{path} {precision}: row {r} is decoded to other bits");
                }

                foreach (var batch in new[] { 1, 3, 33 })
                {
                    var y = new float[batch * matrix.Rows];
                    packed.Multiply(x.AsSpan(0, batch * matrix.Columns), y, batch);
                    var expected = matrix.RoundsInputs ? Reference(matrix, x, batch) : Products(decoded, x, batch, matrix.Rows, matrix.Columns);
                    Assert.InRange(Error(expected, y), 0, Limit(precision));
                }
            }
        }
    }

    // docs/kernels.md: the error of a product in the 2-norm.
    private static double Limit(KernelPrecision precision) => precision switch
    {
        KernelPrecision.Exact => 1e-6,
        KernelPrecision.Fast => 2e-2,
        _ => 1e-4,
    };

    private static double[] Products(float[] weights, float[] x, int batch, int rows, int columns)
    {
        var products = new double[batch * rows];
        for (var i = 0; i < products.Length; i++)
        {
            for (var k = 0; k < columns; k++)
            {
                products[i] += (double)weights[(i % rows * columns) + k] * x[(i / rows * columns) + k];
            }
        }

        return products;
    }

    // How inputs are rounded is the format's own: all paths do it alike.
    private static double[] Reference(CodedMatrix matrix, float[] x, int batch)
    {
        var y = new float[batch * matrix.Rows];
        PackedMatrix.Create(matrix, KernelPath.Scalar).Multiply(x.AsSpan(0, batch * matrix.Columns), y, batch);
        return Array.ConvertAll(y, value => (double)value);
    }

    private static double Error(double[] expected, float[] found) =>
        Math.Sqrt(expected.Zip(found, (product, value) => Math.Pow(value - product, 2)).Sum() / expected.Sum(product => product * product));

    private string Write(CodedMatrix matrix, string name, long? shardBytes = null)
    {
        using var writer = new PackedFileWriter(folder[name]);
        writer.AddLayer(Weight, "conformance", [matrix.Rows, matrix.Columns], DType.BF16, matrix);
        return writer.Write(folder[name], maxShardBytes: shardBytes);
    }

    private string[] PartsOf(string name)
    {
        using var file = Checkpoint.Open(folder[name]);
        return [.. file.Names];
    }

    // What is wrong with a file that is opened, and whose weight is read.
    private static string Refused(string path, Action<PackedFile>? further = null) => Assert.Throws<CheckpointException>(() =>
    {
        using var packed = PackedFile.Open(path);
        packed.ReadMatrix(Weight).Decode();
        further?.Invoke(packed);
    }).Message;

    private static bool KeepsWeights(string path, float[] decoded)
    {
        try
        {
            using var packed = PackedFile.Open(path);
            return packed.ReadMatrix(Weight) is { RoundsInputs: true } matrix && matrix.Decode().AsSpan().SequenceEqual(decoded);
        }
        catch (CheckpointException)
        {
            return false;
        }
    }

    // The file with one tensor changed, and checksums of the changed content.
    private string Change(string name, string part, Func<TensorInfo, byte[], (DType Type, long[] Shape, byte[] Bytes)?> change)
    {
        var changed = new SafetensorsWriter { HasChecksums = true };
        using (var file = Checkpoint.Open(folder[name]))
        {
            foreach (var tensor in file.Names)
            {
                var (info, bytes) = (file.Info(tensor), file.Bytes(tensor).ToArray());
                var written = tensor == part ? change(info, bytes) : (info.DType, info.Shape.ToArray(), bytes);
                if (written is { } given)
                {
                    changed.Add(tensor, given.Type, given.Shape, given.Bytes);
                }
            }

            foreach (var (key, value) in file.Metadata)
            {
                changed.SetMetadata(key, value);
            }
        }

        changed.Write(folder["changed"]);
        return folder["changed"];
    }
}
