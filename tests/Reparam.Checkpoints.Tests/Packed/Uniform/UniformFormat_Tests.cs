using System.Text.Json.Nodes;
using CsCheck;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Tests.Packed.Uniform;

/// <summary>The stored form of matrices on uniform grids.</summary>
public sealed class UniformFormat_Tests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_written_is_read() => UniformMatrices.Any.Sample(
        matrix =>
        {
            var path = Write(matrix);
            using var file = PackedFile.Open(path);
            file.VerifyCanaries();
            var spec = Assert.IsType<UniformSpec>(file.Layers["w"]);
            foreach (var read in (CodedMatrix[])[file.ReadMatrix("w"), UniformFormat.Instance.ReadLazily(file.Checkpoint, "w", spec)])
            {
                var back = Assert.IsType<UniformMatrix>(read);
                Assert.Equal((matrix.Rows, matrix.Columns, matrix.Bits, matrix.GroupSize), (back.Rows, back.Columns, back.Bits, back.GroupSize));
                Assert.Equal(matrix.Codes.ToArray(), back.Codes.ToArray());
                Assert.Equal(matrix.Scales.ToArray(), back.Scales.ToArray());
                Assert.Equal(matrix.Exponents.ToArray(), back.Exponents.ToArray());
                Assert.Equal(matrix.ZeroPoints.ToArray(), back.ZeroPoints.ToArray());
                Assert.Equal(matrix.Inputs?.Bits, back.Inputs?.Bits);
                Assert.Equal(matrix.Inputs?.Scales.ToArray(), back.Inputs?.Scales.ToArray());
                Assert.Equal(matrix.Inputs?.ZeroPoints.ToArray(), back.Inputs?.ZeroPoints.ToArray());
                Assert.Null(UniformFormat.Instance.ProblemOfLazy(back));
            }

            Assert.Equal(matrix.StoredBytes, spec.StoredBytes);
            Assert.Equal(matrix.Decode(), file.ReadSingles("w"));
        },
        iter: 60, threads: 1);

    [Fact]
    public void Decoded_weights_are_what_the_formula_says() => UniformMatrices.Any.Sample(matrix =>
    {
        var dense = matrix.Decode();
        for (var r = 0; r < matrix.Rows; r++)
        {
            for (var k = 0; k < matrix.Columns; k++)
            {
                var group = matrix.GroupSize == 0 ? 0 : k / matrix.GroupSize;
                var zero = matrix.IsSymmetric
                    ? 1 << (matrix.Bits - 1)
                    : BitString.At(matrix.ZeroPoints.Span[(r * matrix.ZeroBytesPerRow)..], matrix.Bits, group);
                var code = BitString.At(matrix.Codes.Span[(r * matrix.BytesPerRow)..], matrix.Bits, k);
                var expected = Math.ScaleB((double)matrix.Scales.Span[r * matrix.Groups + group], matrix.Exponents.Span[r]) * (code - zero);
                Assert.Equal((float)expected, dense[r * matrix.Columns + k]);
            }
        }
    });

    [Fact]
    public void The_spec_says_all_that_a_reader_needs()
    {
        var plain = new UniformMatrix(1, 9, 3, 8, new byte[] { 0x35, 0, 0, 5 }, new[] { (Half)2, (Half)4 }, new sbyte[] { -3 }, new byte[] { 0b010_001 });
        using var file = PackedFile.Open(Write(plain));
        Assert.Equal(
            """{"w":{"method":"uniform","shape":[1,9],"dtype":"F32","layout":"uniform","bits":3,"groupSize":8,"symmetric":false}}""",
            file.Checkpoint.Metadata["reparam.layers"]);
        Assert.Equal([1f, 1.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, -0.25f, 1.5f], file.ReadSingles("w"));

        var inputs = new UniformInputs(8, new[] { 0.5f }, new byte[] { 128 });
        var rounded = new UniformMatrix(1, 2, 8, 0, new byte[] { 0, 255 }, new[] { (Half)1 }, new sbyte[] { 0 }, Array.Empty<byte>(), inputs);
        using var other = PackedFile.Open(Write(rounded, "other"));
        Assert.Equal(
            """
            {"w":{"method":"uniform","shape":[1,2],"dtype":"F32","layout":"uniform","bits":8,"groupSize":0,"symmetric":true,"activations":8,"inputChannels":1}}
            """,
            other.Checkpoint.Metadata["reparam.layers"]);
        Assert.Equal([-128f, 127f], other.ReadSingles("w"));
    }

    [Theory]
    [InlineData("bits", "1", "found bits 1, expected 2 to 8")]
    [InlineData("bits", "9", "found bits 9, expected 2 to 8")]
    [InlineData("bits", "5", "'w.codes': found U8 [3, 15], expected U8 [3, 19]")]
    [InlineData("groupSize", "12", "found groupSize 12, expected 0 or a multiple of 8 below the 30 columns")]
    [InlineData("groupSize", "32", "found groupSize 32")]
    [InlineData("groupSize", "-8", "found groupSize -8")]
    [InlineData("groupSize", "16", "'w.scales': found F16 [3, 4], expected F16 [3, 2]")]
    [InlineData("symmetric", "1", "found symmetric 1, expected true or false")]
    [InlineData("symmetric", "true", "unexpected 'w.zeros'")]
    [InlineData("symmetric", null, "found no member 'symmetric'")]
    [InlineData("scaleExponent", "0", "found member 'scaleExponent'")]
    [InlineData("activations", "8", "found no member 'inputChannels'")]
    [InlineData("inputChannels", "1", "found member 'inputChannels'")]
    public void A_spec_that_does_not_fit_is_refused(string member, string? value, string expected)
    {
        var path = Write(UniformMatrices.Create(3, 30, 4, 8, symmetric: false));
        Assert.Contains(expected, Refused(path, layer =>
        {
            layer.Remove(member);
            if (value is not null)
            {
                layer[member] = JsonNode.Parse(value);
            }
        }));
    }

    [Theory]
    [InlineData("activations", "0", "found activations 0, expected 2 to 8")]
    [InlineData("activations", "9", "found activations 9, expected 2 to 8")]
    [InlineData("inputChannels", "3", "found inputChannels 3, expected 1 or the weight's 30 input channels")]
    [InlineData("inputChannels", "1", "'w.inputscale': found F32 [30], expected F32 [1]")]
    public void Inputs_that_do_not_fit_are_refused(string member, string value, string expected)
    {
        var path = Write(UniformMatrices.Create(3, 30, 4, 8, symmetric: true, activations: 6, perChannel: true));
        Assert.Contains(expected, Refused(path, layer => layer[member] = JsonNode.Parse(value)));
    }

    [Fact]
    public void Values_that_are_not_in_canonical_form_are_refused()
    {
        var (one, exponent) = (new[] { (Half)1, (Half)1 }, new sbyte[] { 0 });
        string? Problem(byte[]? codes = null, Half[]? scales = null, sbyte[]? exponents = null, byte[]? zeros = null, UniformInputs? inputs = null) =>
            UniformFormat.Instance.Problem(
                new UniformMatrix(1, 9, 4, 8, codes ?? new byte[5], scales ?? one, exponents ?? exponent, zeros ?? new byte[1], inputs));

        Assert.Null(Problem());
        Assert.Contains("found bits behind column 8 in row 0", Problem(codes: [0, 0, 0, 0, 0x10]));
        Assert.Contains("found bits behind the last zero point of row 0", UniformFormat.Instance.Problem(
            new UniformMatrix(1, 9, 4, 0, new byte[5], new[] { (Half)1 }, exponent, new byte[] { 0x10 })));
        Assert.Contains("found scale -1 in row 0, group 1", Problem(scales: [(Half)1, (Half)(-1)]));
        Assert.Contains("found scale NaN in row 0, group 0", Problem(scales: [Half.NaN, (Half)1]));
        Assert.Contains("found scale -0 in row 0", Problem(scales: [Half.NegativeZero, (Half)1]));
        Assert.Contains("beyond the range of float in row 0, group 0: scale 1 times 15, times 2^125", Problem(exponents: [125]));
        Assert.Contains(
            "found integer 3 in row 0, column 8 under the scale 0, expected the zero point 0", Problem(codes: [0, 0, 0, 0, 3], scales: [(Half)1, Half.Zero]));
        Assert.Contains("found scale 0 of input channel 0", Problem(inputs: new UniformInputs(8, new[] { 0f }, new byte[1])));
        Assert.Contains("found scale Infinity of input channel 0", Problem(inputs: new UniformInputs(8, new[] { float.PositiveInfinity }, new byte[1])));
        Assert.Contains("found zero point 16 of input channel 0, expected 0 to 15", Problem(inputs: new UniformInputs(4, new[] { 1f }, new byte[] { 16 })));
    }

    [Fact]
    public void Parts_of_another_length_are_refused()
    {
        Assert.Throws<ArgumentException>(static () => new UniformMatrix(1, 9, 4, 16, new byte[5], new Half[1], new sbyte[1], Array.Empty<byte>()));
        Assert.Throws<ArgumentException>(static () => new UniformMatrix(1, 9, 4, 0, new byte[4], new Half[1], new sbyte[1], Array.Empty<byte>()));
        Assert.Throws<ArgumentException>(static () => new UniformMatrix(1, 9, 4, 8, new byte[5], new Half[1], new sbyte[1], Array.Empty<byte>()));
        Assert.Throws<ArgumentException>(static () => new UniformMatrix(1, 9, 4, 0, new byte[5], new Half[1], new sbyte[2], Array.Empty<byte>()));
        Assert.Throws<ArgumentException>(static () => new UniformMatrix(1, 9, 4, 0, new byte[5], new Half[1], new sbyte[1], new byte[2]));
        Assert.Throws<ArgumentOutOfRangeException>(static () => new UniformMatrix(1, 9, 1, 0, new byte[5], new Half[1], new sbyte[1], Array.Empty<byte>()));
        Assert.Throws<ArgumentException>(static () => new UniformInputs(8, new float[2], new byte[1]));
    }

    [Fact]
    public void A_weight_whose_spec_got_lost_is_noticed()
    {
        var path = Write(UniformMatrices.Create(3, 30, 4, 8, symmetric: false));
        using var checkpoint = Checkpoint.Open(path);
        Assert.Equal("w", UniformFormat.Instance.LostWeight(checkpoint, "w.codes"));
        Assert.Null(UniformFormat.Instance.LostWeight(checkpoint, "w.zeros"));
    }

    private string Write(UniformMatrix matrix, string name = "uniform")
    {
        var path = folder.File(name);
        var writer = new PackedFileWriter();
        writer.AddLayer("w", "uniform", [matrix.Rows, matrix.Columns], DType.F32, matrix);
        writer.Write(path);
        return path;
    }

    private string Refused(string path, Action<JsonObject> change)
    {
        var changed = folder.File("changed");
        using (var checkpoint = Checkpoint.Open(path))
        {
            var writer = new SafetensorsWriter();
            foreach (var name in checkpoint.Names)
            {
                var info = checkpoint.Info(name);
                writer.Add(name, info.DType, info.Shape.AsSpan(), checkpoint.Bytes(name).ToArray());
            }

            foreach (var (key, value) in checkpoint.Metadata.Where(entry => !entry.Key.StartsWith("reparam.checksum", StringComparison.Ordinal)))
            {
                writer.SetMetadata(key, value);
            }

            var layers = JsonNode.Parse(checkpoint.Metadata["reparam.layers"])!;
            change(layers["w"]!.AsObject());
            writer.SetMetadata("reparam.layers", layers.ToJsonString());
            writer.Write(changed);
        }

        return Assert.Throws<CheckpointException>(() => PackedFile.Open(changed)).Message;
    }
}
