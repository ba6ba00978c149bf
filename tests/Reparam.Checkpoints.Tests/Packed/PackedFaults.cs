using System.Text.Json.Nodes;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Tests.Packed;

/// <summary>A packed file that is not whole is refused, with all its faults in one message.</summary>
public sealed class PackedFaults : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_unchanged_file_is_accepted() => Open(_ => { }, _ => { }).Dispose();

    [Fact]
    public void All_faults_are_listed_at_once()
    {
        var message = Refused(
            tensors =>
            {
                tensors.Remove("a.codes");
                tensors["a.terms"] = (DType.U8, [1], new byte[1]);
                tensors["b.scales"] = (DType.F16, [2, 1, 2], new byte[8]);
                tensors["b"] = (DType.F32, [1], new byte[4]);
            },
            _ => { });
        Assert.Contains("4 problems", message);
        Assert.Contains("missing 'a.codes', expected U32 [2, 3, 2]", message);
        Assert.Contains("unexpected 'a.terms'", message);
        Assert.Contains("'b.scales': found F16 [2, 1, 2], expected F16 [2, 2, 2]", message);
        Assert.Contains("unexpected 'b'", message);
    }

    [Fact]
    public void Codes_of_a_layer_that_is_not_listed_are_unexpected() =>
        Assert.Contains("unexpected 'q.codes'", Refused(tensors => tensors["q.codes"] = (DType.U32, [1, 1, 1], new byte[4]), _ => { }));

    [Theory]
    [InlineData("2")]
    [InlineData("")]
    [InlineData("1.0")]
    public void Another_version_is_refused_by_name(string version) =>
        Assert.Contains($"version '{version}'", Refused(_ => { }, metadata => metadata["reparam.format"] = version));

    [Fact]
    public void A_plain_checkpoint_is_no_packed_file() =>
        Assert.Contains("'reparam.format'", Refused(_ => { }, metadata => metadata.Remove("reparam.format")));

    [Fact]
    public void A_format_that_is_not_registered_is_named_once_however_many_weights_have_it()
    {
        var message = Refused(_ => { }, metadata => metadata["reparam.layers"] = """{"a":{"layout":"stack","blocks":7},"b":{"layout":"stack"},"c":{"layout":"stack"}}""");
        Assert.Contains("layer 'a' and 2 more: found layout 'stack', expected one that is registered: row, column, block8, nested, codebook", message);
        Assert.Contains("PackedFormats.Register", message);
        Assert.DoesNotContain("problems", message);
    }

    [Fact]
    public void The_method_tells_where_codes_come_from_and_readers_need_not_know_it() =>
        Open(_ => { }, metadata => metadata["reparam.layers"] = metadata["reparam.layers"].Replace("shiftadd", "someone's own", StringComparison.Ordinal)).Dispose();

    [Theory]
    [InlineData("\"layout\":\"tiles\"", "layer 'a': found layout 'tiles', expected one that is registered: row, column, block8, nested, codebook")]
    [InlineData("\"layout\":\"Row\"", "found layout 'Row'")]
    [InlineData("\"layout\":0", "found layout 0, expected a text")]
    [InlineData("\"bits\":2", "found no member 'layout'")]
    public void An_unknown_layout_is_refused_by_name_whatever_else_it_says(string member, string expected) =>
        Assert.Contains(expected, Refused(_ => { }, metadata => metadata["reparam.layers"] = """{"a":{"method":"shiftadd",""" + member + ",\"tiles\":7}}"));

    [Theory]
    [InlineData("n", "groupSize", "16", "layer 'n'")]
    [InlineData("a", "table", "\"n.table\"", "layer 'a'")]
    [InlineData("a", "layout", "\"nested\"", "layer 'a'")]
    [InlineData("n", "layout", "\"row\"", "layer 'n'")]
    [InlineData("n", "indexBits", "11", "found indexBits 11, expected 0 to 10")]
    [InlineData("n", "indexBits", "4", "'n.table': found I8 [8, 3], expected I8 [16, 3]")]
    [InlineData("n", "bits", "3", "'n.codes': found U8 [2, 5, 6], expected U8 [3, 5, 6]")]
    [InlineData("n", "superRows", "0", "found superRows 0")]
    [InlineData("n", "superRows", "5", "'n.superscales': found F16 [3, 2], expected F16 [1, 2]")]
    [InlineData("n", "superColumns", "0", "found superColumns 0")]
    [InlineData("n", "superColumns", "40", "found superColumns 40, expected a multiple of 16")]
    [InlineData("n", "step", "0", "found step 0, expected a finite number above 0")]
    [InlineData("n", "step", "-1", "found step -1")]
    [InlineData("n", "step", "1e39", "layer 'n'")]
    [InlineData("n", "step", "\"1\"", "layer 'n'")]
    [InlineData("n", "table", "null", "layer 'n'")]
    [InlineData("n", "table", "\"m.table\"", "missing 'm.table', expected I8 [8, 3]")]
    [InlineData("n", "table", "\"a.codes\"", "'a.codes': found U32 [2, 3, 2], expected I8 [8, 3]")]
    [InlineData("n", "table", null, "layer 'n'")]
    [InlineData("n", "step", null, "layer 'n'")]
    [InlineData("k", "stages", "\"4:8,16\"", "found stages '4:8,16', expected strides and spans")]
    [InlineData("k", "stages", "\"4:8,16:16,16:16\"", "'k.indices': found U8 [21], expected U8 [27]")]
    [InlineData("k", "stages", "\"16:16,4:8\"", "strides ascend")]
    [InlineData("k", "bits", "2", "found bits 2, expected 1, the number of stages with stride 4")]
    [InlineData("k", "step", "0", "found step 0")]
    [InlineData("k", "superColumns", "24", "found superColumns 24, expected a multiple of 16")]
    [InlineData("k", "table", "\"n.table\"", "'n.table': found I8 [8, 3], expected I8 [384]")]
    [InlineData("c", "layout", "\"block8\"", "found groupSize 6, expected a multiple of 8")]
    [InlineData("c", "groupSize", "11", "found groupSize 11, expected 0 to 10")]
    [InlineData("c", "groupSize", "5", "'c.scales': found F16 [2, 20, 1], expected F16 [2, 20, 1]", false)]
    [InlineData("c", "layout", "\"row\"", "'c.scales': found F16 [2, 20, 1], expected F16 [10, 4, 1]")]
    public void A_spec_that_does_not_fit_its_layout_is_refused(string layer, string member, string? value, string expected, bool refused = true)
    {
        void Change(Dictionary<string, string> metadata)
        {
            var layers = JsonNode.Parse(metadata["reparam.layers"])!;
            if (value is null)
            {
                layers[layer]!.AsObject().Remove(member);
            }
            else
            {
                layers[layer]![member] = JsonNode.Parse(value);
            }

            metadata["reparam.layers"] = layers.ToJsonString();
        }

        if (refused)
        {
            Assert.Contains(expected, Refused(_ => { }, Change));
            return;
        }

        // Two blocks of 5 rows are stored like 6 and 4: only the values tell.
        using var file = Open(_ => { }, Change);
        Assert.Equal(CheckpointRule.Canary, Assert.Throws<CheckpointException>(file.VerifyCanaries).Rule);
    }

    [Fact]
    public void A_table_that_is_missing_is_named_once_however_many_weights_use_it()
    {
        var message = Refused(
            tensors =>
            {
                tensors.Remove("n.table");
                tensors["a.table"] = (DType.I8, [8, 3], new byte[24]);
                tensors["n.scales"] = (DType.F16, [1], new byte[2]);
                tensors["q.codes"] = (DType.U8, [1, 1, 1], new byte[1]);
            },
            _ => { });
        Assert.Contains("3 problems", message);
        Assert.Contains("missing 'n.table', expected I8 [8, 3]", message);
        Assert.Contains("unexpected 'a.table': the layer 'a' has no such part", message);
        Assert.Contains("unexpected 'n.scales': the layer 'n' has no such part", message);
    }

    [Fact]
    public void Nested_codes_of_a_layer_that_is_not_listed_are_unexpected() =>
        Assert.Contains("unexpected 'q.codes'", Refused(
            tensors =>
            {
                tensors["q.codes"] = (DType.U8, [1, 1, 1], new byte[1]);
                tensors["q.superscales"] = (DType.F16, [1, 1], new byte[2]);
            },
            _ => { }));

    [Fact]
    public void A_table_of_another_weight_is_caught_by_the_canary()
    {
        using var file = Open(
            tensors =>
            {
                var bytes = (byte[])tensors["n.table"].Bytes.Clone();
                Array.Reverse(bytes);
                for (var profile = 0; profile < 8; profile++)
                {
                    bytes.AsSpan(profile * 3, 2).Sort((a, b) => ((sbyte)b).CompareTo((sbyte)a));
                    bytes[profile * 3] &= 0x7F;
                    bytes[(profile * 3) + 1] = 0;
                }

                tensors["n.table"] = tensors["n.table"] with { Bytes = bytes };
            },
            _ => { });
        var exception = Assert.Throws<CheckpointException>(file.VerifyCanaries);
        Assert.Equal((CheckpointRule.Canary, "n"), (exception.Rule, exception.Tensor));
    }

    [Fact]
    public void A_source_with_the_name_of_a_part_is_refused()
    {
        foreach (var part in (string[])["w.codes", "w.superscales", "w.table", "w.terms"])
        {
            var source = new SafetensorsWriter();
            source.Add<float>("w", [2, 16], new float[32]);
            source.Add<float>(part, [1], new float[1]);
            source.Write(folder.File("s"));
            using var checkpoint = Checkpoint.Open(folder.File("s"));
            var writer = new PackedFileWriter();
            writer.AddLayer("w", "shiftadd", [2, 16], DType.F32, CodedMatrices.Nested(2, 16, CodedMatrices.Table(1, 2), 1, 16));
            var exception = Assert.Throws<CheckpointException>(() => writer.CopyRest(checkpoint));
            Assert.Equal((CheckpointRule.Packed, part), (exception.Rule, exception.Tensor));
        }
    }

    [Theory]
    [InlineData("bits", "5", "found bits 5, expected 1 to 4")]
    [InlineData("bits", "0", "found bits 0")]
    [InlineData("bits", "2.5", "layer 'a': found bits 2.5, expected a whole number of 32 bits")]
    [InlineData("bits", "\"2\"", "layer 'a': found bits \"2\", expected a whole number")]
    [InlineData("groupSize", "-1", "found groupSize -1")]
    [InlineData("groupSize", "41", "found groupSize 41, expected 0 to 40")]
    [InlineData("scaleTerms", "4", "found scaleTerms 4")]
    [InlineData("scaleExponent", "128", "found scaleExponent 128")]
    [InlineData("shape", "[]", "found shape []")]
    [InlineData("shape", "[3,0]", "found shape [3, 0]")]
    [InlineData("shape", "[-3,40]", "found shape [-3, 40]")]
    [InlineData("shape", "[3,4611686018427387904,4]", "found shape [3, 4611686018427387904, 4]")]
    [InlineData("shape", "[3,2147483648]", "found shape [3, 2147483648]")]
    [InlineData("shape", "null", "layer 'a'")]
    [InlineData("shape", "[3,\"40\"]", "found shape [3,\"40\"], expected a list of whole numbers of 64 bits")]
    [InlineData("dtype", "\"F31\"", "F31")]
    [InlineData("dtype", "\"I8\"", "found dtype I8")]
    [InlineData("method", "null", "found method null, expected a text")]
    [InlineData("method", "\" \"", "found no name of the method")]
    [InlineData("extra", "1", "layer 'a': found member 'extra', expected none but")]
    [InlineData("bits", null, "layer 'a': found no member 'bits'")]
    [InlineData("bits", "3", "'a.codes': found U32 [2, 3, 2], expected U32 [3, 3, 2]")]
    public void A_spec_out_of_range_is_refused(string member, string? value, string expected) =>
        Assert.Contains(expected, Refused(_ => { }, metadata =>
        {
            var layers = JsonNode.Parse(metadata["reparam.layers"])!;
            if (value is null)
            {
                layers["a"]!.AsObject().Remove(member);
            }
            else
            {
                layers["a"]![member] = JsonNode.Parse(value);
            }

            metadata["reparam.layers"] = layers.ToJsonString();
        }));

    [Theory]
    [InlineData("reparam.layers", "")]
    [InlineData("reparam.layers", "[]")]
    [InlineData("reparam.layers", "{}")]
    [InlineData("reparam.layers", """{"a":1}""")]
    [InlineData("reparam.layers", """{"a":null}""")]
    [InlineData("reparam.layers", """{"a":{"method":"shiftadd","method":"shiftadd"}}""")]
    [InlineData("reparam.canary", "")]
    [InlineData("reparam.canary", "{}")]
    [InlineData("reparam.canary", "null")]
    [InlineData("reparam.canary", "[]")]
    [InlineData("reparam.canary", "[null]")]
    [InlineData("reparam.canary", """[{"tensor":"a","seed":1,"outputs":[1e999,1,1],"magnitudes":[1,1,1]}]""")]
    [InlineData("reparam.canary", """[{"tensor":"a","seed":1,"outputs":[1,1,1],"magnitudes":[1,-1,1]}]""")]
    [InlineData("reparam.canary", "[{}]")]
    [InlineData("reparam.canary", """[{"tensor":"z","seed":1,"outputs":[],"magnitudes":[]}]""")]
    [InlineData("reparam.canary", """[{"tensor":"a","seed":1,"outputs":[1],"magnitudes":[1]}]""")]
    [InlineData("reparam.layers", null)]
    [InlineData("reparam.canary", null)]
    public void Broken_metadata_is_refused(string key, string? value) => Refused(_ => { }, metadata =>
    {
        if (value is null)
        {
            metadata.Remove(key);
        }
        else
        {
            metadata[key] = value;
        }
    });

    [Theory]
    [InlineData("a.codes", 7, 0x80, "sign bits behind column 39")]
    [InlineData("a.scales", 1, 0x80, "expected a finite number from 0 up")]
    [InlineData("a.scales", 1, 0x7C, "expected a finite number from 0 up")]
    [InlineData("a.scales", 3, 0x7B, "descending")]
    [InlineData("b.terms", 0, 0x80, "found term 0x80")]
    [InlineData("b.terms", 0, 0x7F, "beyond the range of float")]
    [InlineData("n.codes", 5, 0x10, "found sign bits behind column 43 in row 0")]
    [InlineData("n.codes", 59, 0x80, "found sign bits behind column 43 in row 4")]
    [InlineData("n.profiles", 5, 0x20, "found bits behind the index of the last profile")]
    [InlineData("n.superscales", 1, 0x7C, "found super-scale NaN in row 0, expected a finite number from 0 up")]
    [InlineData("n.superscales", 11, 0xFE, "found super-scale NaN in row 4")]
    [InlineData("n.superscales", 5, 0x80, "in row 2, expected a finite number from 0 up")]
    [InlineData("n.superscales", 5, 0x78, "found weights beyond the range of float in row 2")]
    [InlineData("n.table", 3, 0xFF, "found amplitude -1 in profile 1 of the table, expected 0 to 127")]
    [InlineData("n.table", 7, 0x7F, "in profile 2 of the table, expected them in descending order")]
    [InlineData("n.table", 23, 0x80, "found offset -128 in profile 7 of the table")]
    [InlineData("k.indices", 9, 0x10, "found an index behind the last one in row 1 of stage 0")]
    [InlineData("k.indices", 20, 0xF0, "found an index behind the last one in row 2 of stage 1")]
    [InlineData("k.superscales", 1, 0x7C, "in row 0, expected a finite number from 0 up")]
    [InlineData("k.superscales", 11, 0xBC, "in row 2, expected a finite number from 0 up")]
    [InlineData("k.superscales", 5, 0x7B, "found a weight beyond the range of float in row 1 at column")]
    [InlineData("k.table", 100, 0x80, "found -128 at place 100 of the table")]
    public void Values_out_of_canonical_form_are_refused_when_read(string tensor, int place, byte value, string expected)
    {
        using var file = Open(
            tensors =>
            {
                var bytes = (byte[])tensors[tensor].Bytes.Clone();
                bytes[place] = value;
                tensors[tensor] = tensors[tensor] with { Bytes = bytes };
            },
            _ => { },
            scaleTermsOfB: 1,
            exponent: 120);
        var exception = Assert.Throws<CheckpointException>(() => file.ReadMatrix(tensor[..1]));
        Assert.Contains(expected, exception.Message);
        Assert.Equal(tensor[..1], exception.Tensor);
    }

    [Fact]
    public void A_wrong_product_is_caught_by_the_canary()
    {
        using var file = Open(_ => { }, _ => { });
        file.VerifyCanaries();
        var canary = file.Canaries.Single(canary => canary.Tensor == "a");
        var (right, x) = (file.ReadSingles("a"), PackedCanary.Input(canary.Seed, 40));
        var errors = canary.Magnitudes.Select(magnitude => 1e-6 * magnitude).ToArray();
        CanaryDifference? Compare(float[] weights)
        {
            var y = new float[right.Length / x.Length];
            Product(weights, x, y);
            return canary.Compare(y, errors);
        }

        Assert.Null(Compare(right));

        // The signs of two neighbouring words exchanged, a group's scale twice, NaN.
        Assert.NotNull(Compare([.. right[8..], .. right[..8]]));
        Assert.Equal(0, Compare([.. right[..20].Select(value => 2 * value), .. right[20..]])!.Value.Row);
        Assert.NotNull(Compare([.. right.Select(_ => float.NaN)]));
    }

    [Fact]
    public void An_output_beyond_the_range_of_float_is_compared_in_another_range()
    {
        // 300 weights near the largest float: their product with the input is beyond it.
        var matrix = CodedMatrices.Create(2, 300, 1, 300, 0, exponent: 126);
        var canary = PackedCanary.Of("w", matrix);
        var weights = matrix.Decode();
        var found = new float[2];
        foreach (var exponent in (int[])[-110, -40, -10])
        {
            Product(weights, PackedCanary.Input(canary.Seed, 300, exponent), found);
            Assert.Null(canary.Compare(found, [.. canary.Magnitudes.Select(magnitude => 1e-6 * magnitude)], exponent));
            found[1] *= 1.00001f;
            Assert.Equal(1, canary.Compare(found, [.. canary.Magnitudes.Select(magnitude => 1e-7 * magnitude)], exponent)!.Value.Row);
        }
    }

    [Fact]
    public void The_writer_refuses_what_the_reader_would()
    {
        var writer = new PackedFileWriter();
        var matrix = CodedMatrices.Create(3, 40, 2, 20, 0);
        Assert.Throws<ArgumentException>(() => writer.AddLayer("w", "", [3, 40], DType.F32, matrix));
        Assert.Throws<ArgumentException>(() => writer.AddLayer("w", "shiftadd", [40, 3], DType.F32, matrix));
        Assert.Throws<ArgumentException>(() => writer.AddLayer("w", "shiftadd", [3, 40], DType.I8, matrix));
        var codes = matrix.Codes.ToArray();
        codes[1] |= 1u << 31;
        Assert.Throws<ArgumentException>(() => writer.AddLayer(
            "w", "shiftadd", [3, 40], DType.F32, new BinaryCodedMatrix(3, 40, 2, 20, 0, codes, matrix.Scales)));
        Assert.Throws<ArgumentException>(() => writer.SetMetadata("reparam.layers", "{}"));
        var table = new ProfileTable(1, 0, 1, new sbyte[] { -1, 0 });
        Assert.Throws<ArgumentException>(() => writer.AddLayer(
            "w", "shiftadd", [1, 16], DType.F32, new NestedMatrix(1, 16, table, 1, 16, 0, new byte[2], Array.Empty<byte>(), new Half[1])));
        writer.AddLayer("w", "shiftadd", [3, 40], DType.F32, matrix);
        Assert.Throws<ArgumentException>(() => writer.AddLayer("w", "shiftadd", [3, 40], DType.F32, matrix));
    }

    private static void Product(float[] weights, float[] x, float[] y)
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

    private string Refused(Action<Dictionary<string, (DType DType, long[] Shape, byte[] Bytes)>> tensors, Action<Dictionary<string, string>> metadata)
    {
        var exception = Assert.Throws<CheckpointException>(() => Open(tensors, metadata).Dispose());
        Assert.Equal(CheckpointRule.Packed, exception.Rule);
        return exception.Message;
    }

    /// <summary>A file with coded layers of four layouts, taken apart, changed and put together again.</summary>
    private PackedFile Open(
        Action<Dictionary<string, (DType DType, long[] Shape, byte[] Bytes)>> changeTensors, Action<Dictionary<string, string>> changeMetadata,
        int scaleTermsOfB = 0, int exponent = 0)
    {
        var packed = new PackedFileWriter();
        packed.AddLayer("a", "shiftadd", [3, 40], DType.F32, CodedMatrices.Create(3, 40, 2, 20, 0));
        packed.AddLayer("b", "shiftadd", [2, 40], DType.F32, CodedMatrices.Create(2, 40, 2, 20, scaleTermsOfB, exponent));
        packed.AddLayer("c", "shiftadd", [10, 20], DType.F32, CodedMatrices.Create(10, 20, 1, 6, 0, format: BinaryFormat.Column));
        packed.AddLayer("n", "shiftadd", [5, 44], DType.F32, CodedMatrices.Nested(5, 44, CodedMatrices.Table(2, 3), 2, 32, exponent * 11 / 12));
        packed.AddLayer("o", "shiftadd", [1, 5], DType.F32, CodedMatrices.Nested(1, 5, CodedMatrices.Table(2, 3), 2, 32));
        packed.AddLayer("k", "shiftadd", [3, 36], DType.F32, CodebookMatrix_Tests.Create(3, 36, [new(4, 8), new(16, 16)], 1, 32, exponent * 11 / 12, 1));
        packed.Write(folder.File("good.safetensors"));

        using (var good = SafetensorsFile.Open(folder.File("good.safetensors")))
        {
            var tensors = good.Names.ToDictionary(name => name, name => (good.Info(name).DType, good.Info(name).Shape.ToArray(), good.Bytes(name).ToArray()));
            var metadata = good.Metadata.ToDictionary();
            changeTensors(tensors);
            changeMetadata(metadata);

            // What is wrong is no damage: the checksums are those of the changed content.
            var writer = new SafetensorsWriter { HasChecksums = true };
            foreach (var (name, (dtype, shape, bytes)) in tensors)
            {
                writer.Add(name, dtype, shape, bytes);
            }

            foreach (var (key, value) in metadata)
            {
                writer.SetMetadata(key, value);
            }

            writer.Write(folder.File("changed.safetensors"));
        }

        return PackedFile.Open(folder.File("changed.safetensors"));
    }
}
