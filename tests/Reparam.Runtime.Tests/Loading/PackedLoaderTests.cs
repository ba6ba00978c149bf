using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Runtime;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Tests.Packed;
using StoredType = Reparam.Checkpoints.DType;

namespace Reparam.Runtime.Tests.Loading;

public class PackedLoaderTests
{
    [Fact]
    public void A_packed_linear_layer_and_table_give_the_decoded_products()
    {
        var (model, table, matrix) = PackedLookup();

        Assert.True(model.Fc.Weight.IsPacked);
        Assert.True(model.Tokens.Weight.IsPacked);
        var rows = model.Tokens.Call(Torch.Tensor([3L, 8]));
        Assert.Equal([.. Decoded(table, 3), .. Decoded(table, 8)], rows.ToArray<float>());
        var dense = Torch.Tensor(Decoded(matrix), [5L, 70]);
        Parity.Compare.Close(rows.Matmul(dense.T).ToArray<float>(), model.Call(Torch.Tensor([3L, 8])).ToArray<float>(), 1e-3, 2e-3);
    }

    [Fact]
    public void A_packed_weight_that_is_used_as_a_tensor_has_the_values_of_its_codes()
    {
        var (model, table, matrix) = PackedLookup();

        var views = new Tensor[4];
        Parallel.For(0, views.Length, i => views[i] = model.Tokens.Weight.Transpose(0, 1));
        Assert.All(views, view => Assert.Equal(Decoded(table), view.T.Contiguous().ToArray<float>()));
        Assert.Equal(Decoded(matrix), model.Fc.Weight.Contiguous().ToArray<float>());
        var x = Torch.Tensor(Decoded(table, 4), [1L, 70]);

        // Its layer still reads the codes, and nothing may be written past them.
        Assert.True(model.Tokens.Weight.IsPacked);
        Assert.Equal([.. Decoded(table, 3), .. Decoded(table, 8)], model.Tokens.Call(Torch.Tensor([3L, 8])).ToArray<float>());
        Assert.Contains("cannot be written", Assert.Throws<InvalidOperationException>(() => model.Fc.Weight.Mul_(2)).Message);
        Assert.Contains("cannot be written", Assert.Throws<InvalidOperationException>(() => model.Fc.Weight.Copy_(x)).Message);
    }

    [Fact]
    public void A_product_with_the_transpose_of_a_packed_weight_reads_the_codes()
    {
        var (model, table, _) = PackedLookup();
        var weight = model.Tokens.Weight;
        var x = Torch.Tensor(Decoded(Coded(6, 70, 3, 32)), [2L, 3, 70]);
        var expected = Functional.Linear(x, weight).ToArray<float>();
        foreach (var turned in new[] { weight.T, weight.t(), weight.MT, weight.Transpose(0, 1), weight.Transpose(-1, -2), weight.Permute(1, 0) })
        {
            Assert.Equal(expected, x.Matmul(turned).ToArray<float>());
            Assert.False(turned.HasData);
            Assert.Equal(expected[..9], x[0, 0].Matmul(turned).ToArray<float>());
        }

        Assert.Contains("cannot be multiplied", Assert.Throws<ArgumentException>(() => x.Matmul(weight.Permute(0, 1))).Message);
        Assert.Equal(Decoded(table), weight.Permute(0, 1).Contiguous().ToArray<float>());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_packed_convolution_gives_the_decoded_product_in_groups(int groups)
    {
        using var file = new TemporaryFile();
        var matrix = Coded(8, 4 / groups * 9, 4, 16);
        var writer = new PackedFileWriter();
        writer.AddLayer("0.weight", "shiftadd", [8, 4 / groups, 3, 3], StoredType.F32, matrix);
        writer.Write(file.Path);
        var layer = Nn.Conv2d(4, 8, 3, stride: 2, padding: 1, groups: groups, bias: false);
        CheckpointLoader.Load(Nn.Sequential(layer), file.Path);

        Assert.True(layer.Weight.IsPacked);
        var x = Torch.Tensor(Parity.Pair.FloatValues(2 * 4 * 9 * 7, 1, ugly: false), [2L, 4, 9, 7]);
        var expected = Functional.Conv2d(x, Torch.Tensor(Decoded(matrix), [8L, 4 / groups, 3, 3]), strides: [2], padding: [1], groups: groups);
        Parity.Compare.Close(expected.ToArray<float>(), layer.Call(x).ToArray<float>(), 1e-3, 2e-3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Weights_that_the_compressor_copied_are_dense(bool isTableCoded)
    {
        using var source = new TemporaryFile();
        var weights = Parity.Pair.FloatValues(5 * 70, 3, ugly: false).Select(value => (Half)value).ToArray();
        var rows = Parity.Pair.FloatValues(9 * 70, 4, ugly: false);
        var dense = new SafetensorsWriter();
        dense.Add<Half>("fc.weight", [5, 70], weights);
        dense.Add<float>("tokens.weight", [9, 70], rows);
        dense.Write(source.Path);
        using var checkpoint = Checkpoint.Open(source.Path);
        using var file = new TemporaryFile();
        var table = Coded(9, 70, 2, 0);
        var writer = new PackedFileWriter();
        if (isTableCoded)
        {
            writer.AddLayer("tokens.weight", "shiftadd", [9, 70], StoredType.F32, table);
        }

        writer.CopyRest(checkpoint);
        writer.Write(file.Path, review: packed => SelfCheck.Run(packed, default));
        var model = new LookupModel(9, 70, 5);
        CheckpointLoader.Load(model, file.Path);

        Assert.Equal((false, isTableCoded), (model.Fc.Weight.IsPacked, model.Tokens.Weight.IsPacked));
        Assert.Equal(weights.Select(value => (float)value), model.Fc.Weight.ToArray<float>());
        Assert.Equal(isTableCoded ? Decoded(table, 3) : rows[(3 * 70)..(4 * 70)], model.Tokens.Call(Torch.Tensor([3L])).ToArray<float>());
    }

    public static TheoryData<string> OtherLayouts => new(CodedMatrices.OtherLayouts);

    [Theory]
    [MemberData(nameof(OtherLayouts))]
    public void Layers_of_every_layout_give_the_decoded_products(string layout)
    {
        using var file = new TemporaryFile();
        var matrix = CodedMatrices.Random(layout, 5, 70, 3);
        var table = CodedMatrices.Random(layout, 9, 70, 2);
        var writer = new PackedFileWriter();
        writer.AddLayer("fc.weight", "shiftadd", [5, 70], StoredType.F32, matrix);
        writer.AddLayer("tokens.weight", "shiftadd", [9, 70], StoredType.F32, table);
        writer.Write(file.Path);
        var model = new LookupModel(9, 70, 5);
        CheckpointLoader.Load(model, file.Path);

        Assert.True(model.Fc.Weight.IsPacked && model.Tokens.Weight.IsPacked);
        var rows = model.Tokens.Call(Torch.Tensor([3L, 8]));
        Assert.Equal([.. Decoded(table, 3), .. Decoded(table, 8)], rows.ToArray<float>());
        var dense = Torch.Tensor(matrix.Decode(), [5L, 70]);
        Parity.Compare.Close(rows.Matmul(dense.T).ToArray<float>(), model.Call(Torch.Tensor([3L, 8])).ToArray<float>(), 1e-3, 2e-3);
    }

    [Theory]
    [MemberData(nameof(OtherLayouts))]
    public void A_convolution_in_groups_of_every_layout_gives_the_decoded_product(string layout)
    {
        foreach (var groups in (int[])[1, 2, 4])
        {
            using var file = new TemporaryFile();
            var matrix = CodedMatrices.Random(layout, 12, 4 / groups * 9, 3);
            var writer = new PackedFileWriter();
            writer.AddLayer("0.weight", "shiftadd", [12, 4 / groups, 3, 3], StoredType.F32, matrix);
            writer.Write(file.Path);
            var layer = Nn.Conv2d(4, 12, 3, stride: 2, padding: 1, groups: groups, bias: false);
            CheckpointLoader.Load(Nn.Sequential(layer), file.Path);

            Assert.True(layer.Weight.IsPacked);
            var x = Torch.Tensor(Parity.Pair.FloatValues(2 * 4 * 9 * 7, 1, ugly: false), [2L, 4, 9, 7]);
            var expected = Functional.Conv2d(x, Torch.Tensor(matrix.Decode(), [12L, 4 / groups, 3, 3]), strides: [2], padding: [1], groups: groups);
            Parity.Compare.Close(expected.ToArray<float>(), layer.Call(x).ToArray<float>(), 1e-3, 2e-3);
        }
    }

    [Fact]
    public void Exchanged_tables_of_two_weights_are_refused()
    {
        using var file = new TemporaryFile();
        var writer = new PackedFileWriter();
        writer.AddLayer("fc.weight", "shiftadd", [5, 70], StoredType.F32, Nested(5, tableSeed: 1));
        writer.AddLayer("tokens.weight", "shiftadd", [9, 70], StoredType.F32, Nested(9, tableSeed: 2));
        writer.Write(file.Path);
        CheckpointLoader.Load(new LookupModel(9, 70, 5), file.Path);

        ResealedFile.Change(file.Path, name => name switch { "fc.weight.table" => "tokens.weight.table", "tokens.weight.table" => "fc.weight.table", _ => name }, static _ => { });
        Assert.Equal(CheckpointRule.Canary, Assert.Throws<CheckpointException>(() => CheckpointLoader.Load(new LookupModel(9, 70, 5), file.Path)).Rule);
    }

    [Fact]
    public void Weights_near_zero_and_masks_of_the_least_float_load()
    {
        // A row whose profiles are all zero in a table with offsets, and products beyond the range of float.
        using var file = new TemporaryFile();
        var table = new ProfileTable(2, 1, 0.01f, new sbyte[] { 0, 0, 0, 100, 30, -20 });
        var nested = CodedMatrices.Nested(9, 70, table, 1, 256, 0, new Random(3));
        var profiles = nested.Profiles.ToArray();
        profiles[0] = 0;
        var mask = new BinaryCodedMatrix(5, 70, 1, 0, 127, CodedMatrices.Codes(5, 70, 1, new Random(4)), Enumerable.Repeat((Half)1.9990234375f, 5).ToArray());
        var writer = new PackedFileWriter();
        writer.AddLayer("tokens.weight", "shiftadd", [9, 70], StoredType.F32, new NestedMatrix(9, 70, table, 1, 256, 0, nested.Codes, profiles, nested.SuperScales));
        writer.AddLayer("fc.weight", "shiftadd", [5, 70], StoredType.F32, mask);
        writer.Write(file.Path, review: packed => SelfCheck.Run(packed, default));
        CheckpointLoader.Load(new LookupModel(9, 70, 5), file.Path);
    }

    [Fact]
    public void Changed_codes_of_any_layer_are_refused_on_loading()
    {
        using var file = new TemporaryFile();
        var (tokens, weight) = (Coded(9, 64, 2, 0), Coded(5, 64, 2, 0));
        var writer = new PackedFileWriter();
        writer.AddLayer("fc.weight", "shiftadd", [5, 64], StoredType.F32, weight);
        writer.AddLayer("tokens.weight", "shiftadd", [9, 64], StoredType.F32, tokens);
        writer.Write(file.Path);
        CheckpointLoader.Load(new LookupModel(9, 64, 5), file.Path);

        // A file of an older writer, with check values for the first of a kind and without checksums.
        using (var old = new TemporaryFile())
        {
            using var packed = PackedFile.Open(file.Path);
            var rewriter = new SafetensorsWriter();
            foreach (var name in packed.Checkpoint.Names)
            {
                rewriter.Add(packed.Checkpoint, name);
            }

            foreach (var key in (string[])["reparam.format", "reparam.layers", "reparam.tool"])
            {
                rewriter.SetMetadata(key, packed.Checkpoint.Metadata[key]);
            }

            var canaries = System.Text.Json.Nodes.JsonNode.Parse(packed.Checkpoint.Metadata["reparam.canary"])!.AsArray();
            canaries.RemoveAt(1);
            rewriter.SetMetadata("reparam.canary", canaries.ToJsonString());
            rewriter.Write(old.Path);
            CheckpointLoader.Load(new LookupModel(9, 64, 5), old.Path);
        }

        // Both have one kind: the second one is not looked at for its kind's sake.
        ResealedFile.Change(file.Path, name => name, codes =>
        {
            foreach (ref var code in codes["tokens.weight.codes"].AsSpan())
            {
                code = (byte)~code;
            }
        });
        var exception = Assert.Throws<CheckpointException>(() => CheckpointLoader.Load(new LookupModel(9, 64, 5), file.Path));
        Assert.Equal((CheckpointRule.Canary, "tokens.weight"), (exception.Rule, exception.Tensor));
        Assert.Contains("the file was changed", exception.Message);
    }

    [Fact]
    public void Two_coded_names_of_one_weight_are_held_against_each_other()
    {
        using var file = new TemporaryFile();
        foreach (var (seed, same) in ((int, bool)[])[(1, true), (2, false)])
        {
            var writer = new PackedFileWriter();
            writer.AddLayer("tokens.weight", "shiftadd", [2, 70], StoredType.F32, Nested(2, tableSeed: 1));
            writer.AddLayer("head.weight", "shiftadd", [2, 70], StoredType.F32, Nested(2, tableSeed: seed));
            writer.Write(file.Path);
            var error = Record.Exception(() => CheckpointLoader.Load(new TiedModel(2, 70), file.Path));
            if (same)
            {
                Assert.Null(error);
            }
            else
            {
                Assert.Contains("differ, but are one tensor", Assert.IsType<CheckpointException>(error).Message);
            }
        }
    }

    [Fact]
    public void A_coded_weight_of_another_kind_is_decoded()
    {
        using var file = new TemporaryFile();
        var matrix = Coded(1, 2, 1, 0);
        var writer = new PackedFileWriter();
        writer.AddLayer("gain", "shiftadd", [1, 2], StoredType.F32, matrix);
        writer.Write(file.Path);
        var model = new BareModel(Nn.Parameter(Torch.Zeros(1, 2)));
        CheckpointLoader.Load(model, file.Path);
        Assert.Equal(Decoded(matrix), model.Gain!.ToArray<float>());
    }

    [Fact]
    public void A_version_that_is_not_known_is_refused_by_name()
    {
        using var file = new TemporaryFile();
        var writer = new SafetensorsWriter();
        writer.SetMetadata("reparam.format", "99");
        writer.Write(file.Path);
        Assert.Contains("'99'", Assert.Throws<CheckpointException>(() => CheckpointLoader.Load(new BareModel(null), file.Path)).Message);
    }

    private static (LookupModel Model, BinaryCodedMatrix Table, BinaryCodedMatrix Matrix) PackedLookup()
    {
        using var file = new TemporaryFile();
        var (table, matrix) = (Coded(9, 70, 2, 0), Coded(5, 70, 3, 32));
        var writer = new PackedFileWriter();
        writer.AddLayer("fc.weight", "shiftadd", [5, 70], StoredType.F32, matrix);
        writer.AddLayer("tokens.weight", "shiftadd", [9, 70], StoredType.F32, table);
        writer.Write(file.Path);
        var model = new LookupModel(9, 70, 5);
        CheckpointLoader.Load(model, file.Path);
        return (model, table, matrix);
    }

    private static NestedMatrix Nested(int rows, int tableSeed) =>
        CodedMatrices.Nested(rows, 70, CodedMatrices.Table(3, 5, new Random(tableSeed)), 1, 256, 0, new Random(rows));

    // Scales fall from plane to plane, as the canonical form has them.
    private static BinaryCodedMatrix Coded(int rows, int columns, int bits, int groupSize)
    {
        var random = new Random(rows * columns + bits);
        var group = groupSize == 0 ? columns : groupSize;
        var scales = new Half[rows * ((columns + group - 1) / group) * bits];
        for (var i = 0; i < scales.Length; i++)
        {
            scales[i] = (Half)((0.55f + random.NextSingle() * 0.4f) / (1 << (i % bits)));
        }

        return new BinaryCodedMatrix(rows, columns, bits, groupSize, 0, CodedMatrices.Codes(rows, columns, bits, random), scales);
    }

    private static float[] Decoded(BinaryCodedMatrix matrix) => [.. Enumerable.Range(0, matrix.Rows).SelectMany(row => Decoded(matrix, row))];

    private static float[] Decoded(CodedMatrix matrix, int row)
    {
        var values = new float[matrix.Columns];
        matrix.DecodeRow(row, values);
        return values;
    }
}
