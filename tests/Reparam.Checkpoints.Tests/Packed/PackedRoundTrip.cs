using System.Security.Cryptography;
using CsCheck;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Tests.Packed;

/// <summary>What is packed comes back, part by part and decoded.</summary>
public sealed class PackedRoundTrip : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Any_coded_matrix_comes_back_exactly()
    {
        var path = folder.File("m.reparam.safetensors");
        CodedMatrices.Any.Sample(
            matrix =>
            {
                var writer = new PackedFileWriter();
                writer.AddLayer("w", PackedFormat.ShiftAdd, [matrix.Rows, matrix.Columns], DType.F16, matrix);
                writer.Write(path);
                using var file = PackedFile.Open(path);
                var back = file.ReadMatrix("w");
                Assert.Equal(matrix.Codes.ToArray(), back.Codes.ToArray());
                Assert.Equal(matrix.Scales.ToArray(), back.Scales.ToArray());
                Assert.Equal(matrix.Terms.ToArray(), back.Terms.ToArray());
                Assert.Equal(Math.Min(matrix.GroupSize, matrix.Columns), back.GroupSize);
                Assert.Equal(matrix.ScaleExponent, back.ScaleExponent);
                Assert.Equal(matrix.StoredBytes, file.Checkpoint.Names.Sum(name => file.Checkpoint.Info(name).ByteLength));
                var dense = CodedMatrices.Decode(matrix);
                Assert.Equal(dense, file.ReadSingles("w"));
                using var stream = new MemoryStream();
                file.Decode("w", stream);
                Assert.Equal(dense, System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(stream.ToArray()).ToArray());
                file.VerifyCanaries((name, x, y) => Multiply(file.ReadSingles(name), x, y));
            },
            iter: 200, threads: 1);
    }

    [Fact]
    public void Decoded_weights_are_what_the_formula_says()
    {
        // Columns 0..33, groups of 20: plane by plane, bit by bit, in double precision.
        var matrix = CodedMatrices.Create(rows: 3, columns: 34, bits: 3, groupSize: 20, scaleTerms: 2, exponent: -3, seed: 5);
        var dense = CodedMatrices.Decode(matrix);
        for (var r = 0; r < 3; r++)
        {
            for (var k = 0; k < 34; k++)
            {
                var sum = 0.0;
                for (var b = 0; b < 3; b++)
                {
                    var alpha = 0.0;
                    for (var t = 0; t < 2; t++)
                    {
                        var term = matrix.Terms.Span[((r * 2 + k / 20) * 3 + b) * 2 + t];
                        alpha += (term & 0x7F) == 0 ? 0 : Math.Pow(2, (term & 0x7F) - 100) * (term > 127 ? -1 : 1);
                    }

                    var plus = (matrix.Codes.Span[b * 3 * 2 + r * 2 + k / 32] >> (k % 32) & 1) != 0;
                    sum += plus ? alpha : -alpha;
                }

                Assert.Equal(sum / 8, dense[r * 34 + k], 6);
            }
        }
    }

    [Fact]
    public void The_rest_of_the_source_is_carried_as_it_was()
    {
        var source = new SafetensorsWriter();
        source.Add<float>("a.weight", [2, 3, 2], new float[12]);
        source.Add<Half>("b.weight", [2], new[] { (Half)1, (Half)2 });
        source.Add("odd", DType.F8E5M2, [3], new byte[] { 1, 2, 3 });
        source.SetMetadata("reparam.config", """{"dim":64}""");
        source.SetMetadata("format", "pt");
        source.Write(folder.File("source.safetensors"));
        using var checkpoint = Checkpoint.Open(folder.File("source.safetensors"));

        Pack(checkpoint, folder.File("1.reparam.safetensors"), carryFirst: false);
        Pack(checkpoint, folder.File("2.reparam.safetensors"), carryFirst: true);
        Assert.Equal(File.ReadAllBytes(folder.File("1.reparam.safetensors")), File.ReadAllBytes(folder.File("2.reparam.safetensors")));

        using var file = PackedFile.Open(folder.File("1.reparam.safetensors"));
        Assert.Equal(["a.weight"], file.Layers.Keys);
        Assert.Equal([2, 3, 2], file.Layers["a.weight"].Shape.ToArray());
        Assert.Equal(6, file.Layers["a.weight"].Columns);
        Assert.Equal(["b.weight", "odd"], file.CarriedNames);
        Assert.Equal([1, 2, 3], file.Checkpoint.Bytes("odd").ToArray());
        Assert.Equal([1f, 2f], file.ReadSingles("b.weight"));
        Assert.Equal("""{"dim":64}""", file.Checkpoint.Metadata["reparam.config"]);
        Assert.Equal("pt", file.Checkpoint.Metadata["format"]);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(checkpoint.Path))), file.Checkpoint.Metadata["reparam.source"]);
        Assert.Equal("1", file.Checkpoint.Metadata["reparam.format"]);
        Assert.Equal(
            """{"a.weight":{"method":"shiftadd","shape":[2,3,2],"dtype":"F32","bits":2,"groupSize":4,"scaleTerms":0,"scaleExponent":-3}}""",
            file.Checkpoint.Metadata["reparam.layers"]);

        var again = new PackedFileWriter();
        Assert.Equal(CheckpointRule.Packed, Assert.Throws<CheckpointException>(() => again.CarryRest(file.Checkpoint)).Rule);
    }

    [Fact]
    public void One_canary_for_each_stored_form()
    {
        var writer = new PackedFileWriter();
        writer.AddLayer("c", PackedFormat.ShiftAdd, [9, 50], DType.F32, CodedMatrices.Create(9, 50, 3, 16, 0));
        writer.AddLayer("a", PackedFormat.ShiftAdd, [9, 50], DType.F32, CodedMatrices.Create(9, 50, 3, 16, 0, seed: 2));
        writer.AddLayer("b", PackedFormat.ShiftAdd, [2, 50], DType.F32, CodedMatrices.Create(2, 50, 4, 16, 0));
        writer.Write(folder.File("c.reparam.safetensors"));
        using var file = PackedFile.Open(folder.File("c.reparam.safetensors"));
        Assert.Equal(["a", "b"], file.Canaries.Select(canary => canary.Tensor));
        Assert.Equal([8, 2], file.Canaries.Select(canary => canary.Outputs.Length));
    }

    private static void Multiply(float[] weights, float[] x, float[] y)
    {
        for (var r = 0; r < y.Length; r++)
        {
            y[r] = 0;
            for (var k = 0; k < x.Length; k++)
            {
                y[r] += weights[r * x.Length + k] * x[k];
            }
        }
    }

    private static void Pack(ICheckpoint source, string path, bool carryFirst)
    {
        var writer = new PackedFileWriter { SourceHash = Checkpoint.ComputeHash(source) };
        if (carryFirst)
        {
            writer.Carry(source, "odd");
        }

        writer.AddLayer("a.weight", PackedFormat.ShiftAdd, [2, 3, 2], DType.F32, CodedMatrices.Create(2, 6, 2, 4, 0, exponent: -3));
        if (carryFirst)
        {
            writer.Carry(source, "b.weight");
            foreach (var (key, value) in source.Metadata)
            {
                writer.SetMetadata(key, value);
            }
        }
        else
        {
            writer.CarryRest(source);
        }

        writer.Write(path);
    }
}
