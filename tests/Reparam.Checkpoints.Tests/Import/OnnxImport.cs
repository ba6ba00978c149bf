using Reparam.Checkpoints.Import;
using Reparam.Checkpoints.Import.Onnx;

namespace Reparam.Checkpoints.Tests.Import;

/// <summary>Tensors of ONNX models: raw, as numbers, in other files, in nodes and subgraphs.</summary>
public sealed class OnnxImport : IDisposable
{
    private const int Initializer = 5;
    private const int Node = 1;
    private const int Raw = 9;

    private readonly ImportCase import = new();

    public void Dispose() => import.Dispose();

    [Fact]
    public void Initializers_come_out_whether_raw_or_numbers()
    {
        var graph = new ProtoBuilder()
            .Message(Initializer, ProtoBuilder.Tensor("raw", 1, 2, 1).Bytes(Raw, ImportCase.Bytes(1, 2)))
            .Message(Initializer, ProtoBuilder.Tensor("packed", 1, 2).Bytes(4, ImportCase.Bytes(3, 4)))
            .Message(Initializer, ProtoBuilder.Tensor("single", 1, 2).Float(4, 5).Float(4, 6))
            .Message(Initializer, new ProtoBuilder().Integer(1, 1).Integer(1, 2).Integer(2, 3).Text(8, "bytes").Packed(5, -1, 127))
            .Message(Initializer, ProtoBuilder.Tensor("flags", 9, 2).Packed(5, 1, 0))
            .Message(Initializer, ProtoBuilder.Tensor("halves", 10, 1).Packed(5, 0xBC00))
            .Message(Initializer, ProtoBuilder.Tensor("longs", 7, 2).Packed(7, -5, 1L << 40))
            .Message(Initializer, ProtoBuilder.Tensor("words", 12, 1).Packed(11, uint.MaxValue))
            .Message(Initializer, ProtoBuilder.Tensor("complex", 14, 1).Bytes(4, ImportCase.Bytes(7, 8)))
            .Message(Initializer, ProtoBuilder.Tensor("scalar", 11).Bytes(10, BitConverter.GetBytes(0.5)))
            .Message(Initializer, ProtoBuilder.Tensor("empty", 1, 0, 3));
        var model = new ProtoBuilder().Integer(1, 8).Message(7, graph).Message(14, new ProtoBuilder().Text(1, "author").Text(2, "me")).ToArray();
        var summary = import.Import(model);
        Assert.Equal((ImportFormat.Onnx, 11), (summary.Format, summary.Tensors));
        Assert.Empty(summary.Skipped);
        using var checkpoint = Checkpoint.Open(import.Output);
        Assert.Equal([1, 2], checkpoint.ReadSingles("raw"));
        Assert.Equal([2, 1], checkpoint.Info("raw").Shape.ToArray());
        Assert.Equal([3, 4], checkpoint.ReadSingles("packed"));
        Assert.Equal([5, 6], checkpoint.ReadSingles("single"));
        Assert.Equal<sbyte>([-1, 127], checkpoint.ReadArray<sbyte>("bytes"));
        Assert.Equal([1, 2], checkpoint.Info("bytes").Shape.ToArray());
        Assert.Equal([1, 0], checkpoint.Bytes("flags").ToArray());
        Assert.Equal([-1], checkpoint.ReadSingles("halves"));
        Assert.Equal([-5, 1L << 40], checkpoint.ReadArray<long>("longs"));
        Assert.Equal([uint.MaxValue], checkpoint.ReadArray<uint>("words"));
        Assert.Equal(ImportCase.Bytes(7, 8), checkpoint.Bytes("complex").ToArray());
        Assert.Equal([0.5], checkpoint.ReadArray<double>("scalar"));
        Assert.Equal([0, 3], checkpoint.Info("empty").Shape.ToArray());
        Assert.Equal("me", checkpoint.Metadata["onnx.author"]);
    }

    [Fact]
    public void Constants_subgraphs_functions_and_training_graphs_have_tensors_too()
    {
        static ProtoBuilder Vector(string name, float value) => ProtoBuilder.Tensor(name, 1, 1).Bytes(Raw, ImportCase.Bytes(value));
        static ProtoBuilder Constant(string output, float value) => new ProtoBuilder().Text(2, output).Text(4, "Constant")
            .Message(5, new ProtoBuilder().Text(1, "value").Message(5, Vector("ignored", value)));
        var graph = new ProtoBuilder()
            .Message(Node, Constant("c", 1))
            .Message(Node, new ProtoBuilder().Text(2, "y").Text(4, "If").Message(5, new ProtoBuilder().Text(1, "then_branch")
                .Message(6, new ProtoBuilder().Message(Initializer, Vector("inner", 2)))))
            .Message(Node, new ProtoBuilder().Text(2, "z").Text(4, "ConstantOfShape").Message(5, new ProtoBuilder().Text(1, "value").Message(5, Vector("", 9))))
            .Message(Node, new ProtoBuilder().Text(2, "k").Text(4, "Constant").Message(5, new ProtoBuilder().Text(1, "value_int").Integer(3, 4)));
        var model = new ProtoBuilder().Integer(1, 8).Message(7, graph)
            .Message(25, new ProtoBuilder().Text(1, "f").Message(7, Constant("c", 3)))
            .Message(20, new ProtoBuilder().Message(1, new ProtoBuilder().Message(Initializer, Vector("t", 4)))).ToArray();
        Assert.Equal([("c", 1f), ("f.c", 3f), ("inner", 2f), ("training.t", 4f)], import.Floats(model).Select(tensor => (tensor.Key, tensor.Value.Single())));
        Assert.Equal(["2 tensors and lists that operators have as attributes"], import.Import(model).Skipped);
    }

    [Fact]
    public void Numbered_weights_get_the_names_of_their_layers()
    {
        static ProtoBuilder Call(string type, string name, string output, params string[] inputs)
        {
            var node = new ProtoBuilder();
            foreach (var input in inputs)
            {
                node.Text(1, input);
            }

            return node.Text(2, output).Text(3, name).Text(4, type);
        }

        static ProtoBuilder Floats(string name, long[] shape, params float[] values) => ProtoBuilder.Tensor(name, 1, shape).Bytes(Raw, ImportCase.Bytes(values));

        var graph = new ProtoBuilder()
            .Message(Node, Call("MatMul", "MatMul_7", "20", "x", "1002"))
            .Message(Node, Call("Add", "Add_8", "21", "a.query.bias", "20"))
            .Message(Node, Call("MatMul", "/b/b.0/proj/MatMul", "22", "21", "onnx::MatMul_31"))
            .Message(Node, Call("Gemm", "/head/Gemm", "23", "22", "1003", "head.bias"))
            .Message(Node, Call("Gemm", "Gemm_1", "24", "22", "1004", "turned.bias").Message(5, new ProtoBuilder().Text(1, "transB").Integer(3, 1)))
            .Message(Node, Call("Conv", "/features/features.3/Conv", "25", "22", "onnx::Conv_40", "onnx::Conv_41"))
            .Message(Node, Call("MatMul", "MatMul_9", "26", "22", "1005"))
            .Message(Node, Call("MatMul", "MatMul_10", "27", "22", "1002"))
            .Message(Node, Call("Add", "Add_11", "28", "27", "other.bias"))
            .Message(Initializer, Floats("1002", [2, 3], 1, 2, 3, 4, 5, 6))
            .Message(Initializer, Floats("a.query.bias", [3], 1, 2, 3))
            .Message(Initializer, Floats("onnx::MatMul_31", [1, 2], 7, 8))
            .Message(Initializer, Floats("1003", [1, 2], 9, 10))
            .Message(Initializer, Floats("head.bias", [2], 1, 2))
            .Message(Initializer, Floats("1004", [1, 2], 11, 12))
            .Message(Initializer, Floats("turned.bias", [1], 0))
            .Message(Initializer, Floats("onnx::Conv_40", [1, 1, 1, 2], 13, 14))
            .Message(Initializer, Floats("onnx::Conv_41", [1], 15))
            .Message(Initializer, Floats("1005", [1, 2], 16, 17))
            .Message(Initializer, Floats("other.bias", [3], 1, 1, 1))
            .Message(Initializer, ProtoBuilder.Tensor("107", 7, 2).Packed(7, 1, 2))
            .Message(Initializer, Floats("112", [], 8));
        var model = ProtoBuilder.Model(graph);
        Assert.Equal(
            [
                ("1005", "16 17"), ("a.query.bias", "1 2 3"), ("a.query.weight", "1 4 2 5 3 6"), ("b.0.proj.weight", "7 8"), ("features.3.bias", "15"),
                ("features.3.weight", "13 14"), ("head.bias", "1 2"), ("head.weight", "9 10"), ("other.bias", "1 1 1"), ("turned.bias", "0"),
                ("turned.weight", "11 12"),
            ],
            import.Floats(model).OrderBy(tensor => tensor.Key, StringComparer.Ordinal).Select(tensor => (tensor.Key, string.Join(" ", tensor.Value))));
        Assert.Equal(["2 constants of the graph's arithmetic (107, 112, ...); --raw keeps them"], import.Import(model).Skipped);
        using (var checkpoint = Checkpoint.Open(import.Output))
        {
            Assert.Equal([3, 2], checkpoint.Info("a.query.weight").Shape.ToArray());
            Assert.Equal([1, 2], checkpoint.Info("turned.weight").Shape.ToArray());
            Assert.Equal([1, 1, 1, 2], checkpoint.Info("features.3.weight").Shape.ToArray());
        }

        var raw = import.Import(model, new ImportOptions { Raw = true });
        Assert.Equal((13, 0), (raw.Tensors, raw.Skipped.Count));
    }

    [Fact]
    public void Elements_in_files_beside_the_model_are_read()
    {
        File.WriteAllBytes(import.File("weights.bin"), [0, 0, 0, 0, .. ImportCase.Bytes(1, 2), .. ImportCase.Bytes(3)]);
        Directory.CreateDirectory(import.File("parts"));
        File.WriteAllBytes(import.File("parts/one"), ImportCase.Bytes(4));
        var model = ProtoBuilder.Model(new ProtoBuilder()
            .Message(Initializer, ProtoBuilder.External("a", [2], ("location", "weights.bin"), ("offset", "4"), ("length", "8")))
            .Message(Initializer, ProtoBuilder.External("b", [1], ("location", "weights.bin"), ("offset", "12")))
            .Message(Initializer, ProtoBuilder.External("c", [1], ("location", "./parts/one"))));
        Assert.Equal([1, 2, 3, 4], import.Floats(model).Values.SelectMany(values => values));
        File.WriteAllBytes(import.File("m.onnx"), model);
        var exception = Assert.Throws<CheckpointException>(() => CheckpointImporter.Import(import.File("m.onnx"), import.File("weights.bin")));
        Assert.Equal(CheckpointRule.Distinct, exception.Rule);
    }

    [Theory]
    [InlineData("../secret", "0", "4", "expected a path below the model's folder")]
    [InlineData("a/../../secret", "0", "4", "expected a path below the model's folder")]
    [InlineData("..\\secret", "0", "4", "expected a path below the model's folder")]
    [InlineData("/etc/hostname", "0", "4", "expected a path below the model's folder")]
    [InlineData("", "0", "4", "expected a path below the model's folder")]
    [InlineData("missing.bin", "0", "4", "found no file 'missing.bin'")]
    [InlineData("weights.bin", "0", "8", "found 8 bytes from 0")]
    [InlineData("weights.bin", "8", "4", "found 4 bytes from 8")]
    [InlineData("weights.bin", "9223372036854775807", "4", "found 4 bytes from 9223372036854775807")]
    [InlineData("weights.bin", "-4", "4", "found '-4' as the offset")]
    public void External_data_that_the_model_may_not_have_are_refused(string location, string offset, string length, string expected)
    {
        File.WriteAllBytes(import.File("weights.bin"), ImportCase.Bytes(1, 2));
        var graph = new ProtoBuilder().Message(Initializer, ProtoBuilder.External("w", [1], ("location", location), ("offset", offset), ("length", length)));
        Assert.Contains("tensor 'w': ", import.Refused(ProtoBuilder.Model(graph)));
        Assert.Contains(expected, import.Refused(ProtoBuilder.Model(graph)));
    }

    [Fact]
    public void A_destination_that_takes_no_more_is_not_blamed_on_the_external_data()
    {
        File.WriteAllBytes(import.File("weights.bin"), ImportCase.Bytes(1));
        File.WriteAllBytes(import.File("m.onnx"), ProtoBuilder.Model(new ProtoBuilder().Message(Initializer, ProtoBuilder.External("w", [1], ("location", "weights.bin")))));
        using var model = OnnxFile.Open(import.File("m.onnx"), new ImportSelection(new ImportOptions()));
        Assert.Equal("full", Assert.Throws<IOException>(() => model.Tensors.Single().Source(new FullStream(), CancellationToken.None)).Message);
    }

    [Fact]
    public void A_link_out_of_the_folder_is_refused()
    {
        using var elsewhere = new TemporaryFolder();
        File.WriteAllBytes(elsewhere.File("secret"), ImportCase.Bytes(1));
        File.CreateSymbolicLink(import.File("weights.bin"), elsewhere.File("secret"));
        var graph = new ProtoBuilder().Message(Initializer, ProtoBuilder.External("w", [1], ("location", "weights.bin")));
        Assert.Contains("a link that leaves the model's folder", import.Refused(ProtoBuilder.Model(graph)));

        // A cache of downloads: model and data are links to files of one folder.
        File.WriteAllBytes(elsewhere.File("model"), ProtoBuilder.Model(graph));
        File.CreateSymbolicLink(import.File("model.onnx"), elsewhere.File("model"));
        CheckpointImporter.Import(import.File("model.onnx"), import.Output);
        using var checkpoint = Checkpoint.Open(import.Output);
        Assert.Equal([1], checkpoint.ReadSingles("w"));
    }

    [Fact]
    public void What_is_no_dense_tensor_of_a_known_type_is_refused_by_name()
    {
        string Refused(ProtoBuilder tensor, int field = Initializer) => import.Refused(ProtoBuilder.Model(new ProtoBuilder().Message(field, tensor)));
        Assert.Contains("tensor 'w': found type INT4, which has no counterpart", Refused(ProtoBuilder.Tensor("w", 22, 2).Bytes(Raw, 1)));
        Assert.Contains("found type STRING", Refused(ProtoBuilder.Tensor("w", 8, 1).Text(6, "a")));
        Assert.Contains("found type number 99", Refused(ProtoBuilder.Tensor("w", 99, 1).Bytes(Raw, 1)));
        Assert.Contains("found 4 bytes of elements, expected 8", Refused(ProtoBuilder.Tensor("w", 1, 2).Bytes(Raw, ImportCase.Bytes(1))));
        Assert.Contains("found 0 bytes of elements, expected 8", Refused(ProtoBuilder.Tensor("w", 1, 2)));
        Assert.Contains("found 1 numbers, expected those of 2 elements", Refused(ProtoBuilder.Tensor("w", 1, 2).Float(4, 1)));
        Assert.Contains("found elements in field 5, expected field 4", Refused(ProtoBuilder.Tensor("w", 1, 1).Packed(5, 1)));
        Assert.Contains("found raw data and elements in field 4", Refused(ProtoBuilder.Tensor("w", 1, 1).Float(4, 1).Bytes(Raw, ImportCase.Bytes(1))));
        Assert.Contains("found the number 300, expected one of type UINT8", Refused(ProtoBuilder.Tensor("w", 2, 1).Packed(5, 300)));
        Assert.Contains("found dimension -1", Refused(ProtoBuilder.Tensor("w", 1, -1)));
        Assert.Contains("2^63", Refused(ProtoBuilder.Tensor("w", 1, 1L << 40, 1L << 40)));
        Assert.Contains("tensor 's': found a sparse tensor", Refused(new ProtoBuilder().Message(1, ProtoBuilder.Tensor("s", 1, 1)), 15));
        Assert.Contains("an empty name", Refused(ProtoBuilder.Tensor("", 1, 0)));
        Assert.Contains("found no tensors to import", import.Refused(ProtoBuilder.Model(new ProtoBuilder().Text(2, "empty"))));
        var twice = new ProtoBuilder().Message(Initializer, ProtoBuilder.Tensor("w", 1, 0)).Message(Initializer, ProtoBuilder.Tensor("w", 1, 0));
        Assert.Contains("found the name twice", import.Refused(ProtoBuilder.Model(twice)));
        Assert.Contains("expected keys for PyTorch files alone", import.Refused(ProtoBuilder.Model(twice), new ImportOptions { Key = "w" }));
    }

    [Fact]
    public void A_model_that_is_cut_off_is_refused()
    {
        var model = ProtoBuilder.Model(new ProtoBuilder().Message(Initializer, ProtoBuilder.Tensor("w", 1, 2).Bytes(Raw, ImportCase.Bytes(1, 2))));
        for (var length = 0; length < model.Length; length++)
        {
            import.Refused(model[..length]);
        }
    }

    [Fact]
    public void Subgraphs_without_end_are_refused()
    {
        var graph = new ProtoBuilder();
        for (var level = 0; level < 100; level++)
        {
            graph = new ProtoBuilder().Message(Node, new ProtoBuilder().Message(5, new ProtoBuilder().Message(6, graph)));
        }

        Assert.Contains("subgraphs in more than 64 levels", import.Refused(ProtoBuilder.Model(graph)));
    }

    // The name is looked up once: a search for each attribute would take an hour.
    [Fact]
    public void A_constant_with_a_million_attributes_is_read_in_one_pass()
    {
        var attributes = new byte[2_000_000];
        for (var i = 0; i < attributes.Length; i += 2)
        {
            attributes[i] = (5 << 3) | 2;
        }

        var node = new ProtoBuilder().Text(4, "Constant").Raw(attributes).Text(2, "c");
        var graph = new ProtoBuilder().Message(Initializer, ProtoBuilder.Tensor("w", 1, 1).Bytes(Raw, ImportCase.Bytes(1))).Message(Node, node);
        Assert.Equal(["w"], import.Floats(ProtoBuilder.Model(graph)).Keys);
    }

    private sealed class FullStream : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("full");
    }
}
