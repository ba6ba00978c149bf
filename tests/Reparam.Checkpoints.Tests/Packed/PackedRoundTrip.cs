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
                writer.AddLayer("w", "shiftadd", [matrix.Rows, matrix.Columns], DType.F16, matrix);
                writer.Write(path);
                using var file = PackedFile.Open(path);
                AssertEqual(matrix, file.ReadMatrix("w"));
                Assert.Equal(matrix.StoredBytes, file.Layers["w"].StoredBytes);
                Assert.Equal(matrix.TableBytes, file.TableBytes);
                var bytes = file.Checkpoint.Names.Sum(name => file.Checkpoint.Info(name).ByteLength);
                Assert.Equal(matrix.StoredBytes + file.TableBytes, bytes);
                Assert.Equal(8.0 * bytes / matrix.Rows / matrix.Columns, file.BitsPerWeight("w"), 9);
                Assert.Empty(file.CopiedNames);
                var dense = matrix.Decode();
                Assert.Equal(dense, file.ReadSingles("w"));
                using var stream = new MemoryStream();
                file.Decode("w", stream);
                Assert.Equal(dense, System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(stream.ToArray()).ToArray());
                file.VerifyCanaries();
            },
            iter: 300, threads: 1);
    }

    [Fact]
    public void Any_changed_byte_is_refused_by_name_or_gives_finite_weights()
    {
        var path = folder.File("changed.reparam.safetensors");
        var changes = Gen.Select(CodedMatrices.Any, Gen.Int[0, int.MaxValue], Gen.Byte);
        changes.Sample(
            (matrix, place, value) =>
            {
                var writer = new PackedFileWriter();
                writer.AddLayer("w", "shiftadd", [matrix.Rows, matrix.Columns], DType.F32, matrix);
                using var stream = new MemoryStream();
                writer.Write(stream);
                var bytes = stream.ToArray();

                // Three of four in the header, which is the shorter part of a real file and the longer one here.
                var header = (int)BitConverter.ToUInt64(bytes) + 8;
                bytes[place % (place % 4 == 0 ? bytes.Length : header)] = value;
                File.WriteAllBytes(path, bytes);
                try
                {
                    using var file = PackedFile.Open(path);
                    foreach (var name in file.Layers.Keys)
                    {
                        Assert.All(file.ReadSingles(name), weight => Assert.True(float.IsFinite(weight)));
                        Assert.True(double.IsFinite(file.BitsPerWeight(name)));
                    }
                }
                catch (CheckpointException exception)
                {
                    Assert.StartsWith(path, exception.Message);
                }
            },
            iter: 500, threads: 1);
    }

    [Fact]
    public void Any_file_that_ends_early_is_refused_in_one_error()
    {
        var path = folder.File("whole.reparam.safetensors");
        foreach (var matrix in (CodedMatrix[])
            [CodedMatrices.Create(9, 20, 2, 8, 1, format: BinaryFormat.Block8), CodedMatrices.Nested(3, 50, CodedMatrices.Table(3, 4), 2, 32)])
        {
            var writer = new PackedFileWriter();
            writer.AddLayer("w", "shiftadd", [matrix.Rows, matrix.Columns], DType.F32, matrix);
            writer.Write(path);
            var bytes = File.ReadAllBytes(path);
            for (var length = 0; length < bytes.Length; length++)
            {
                File.WriteAllBytes(folder.File("short.reparam.safetensors"), bytes[..length]);
                Assert.Throws<CheckpointException>(() => PackedFile.Open(folder.File("short.reparam.safetensors")));
            }
        }
    }

    [Fact]
    public void Decoded_weights_are_what_the_formula_says()
    {
        // Columns 0..33, groups of 20: plane by plane, bit by bit, in double precision.
        var matrix = CodedMatrices.Create(rows: 3, columns: 34, bits: 3, groupSize: 20, scaleTerms: 2, exponent: -3, seed: 5);
        var dense = matrix.Decode();
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
    public void Decoded_weights_of_scales_along_the_outputs_are_what_the_formula_says()
    {
        foreach (var (format, group, blockRows, blockColumns) in ((BinaryFormat, int, int, int)[])
            [(BinaryFormat.Column, 5, 5, 1), (BinaryFormat.Column, 0, 13, 1), (BinaryFormat.Block8, 40, 5, 8), (BinaryFormat.Block8, 0, 13, 8)])
        {
            var matrix = CodedMatrices.Create(13, 21, 3, group, 0, exponent: 2, seed: 7, format);
            var dense = matrix.Decode();
            var columnBlocks = (21 + blockColumns - 1) / blockColumns;
            for (var r = 0; r < 13; r++)
            {
                for (var k = 0; k < 21; k++)
                {
                    var sum = 0.0;
                    for (var b = 0; b < 3; b++)
                    {
                        var alpha = (double)matrix.Scales.Span[(((r / blockRows * columnBlocks) + (k / blockColumns)) * 3) + b];
                        sum += (matrix.Codes.Span[(b * 13) + r] >> k & 1) != 0 ? alpha : -alpha;
                    }

                    Assert.Equal(4 * sum, dense[(r * 21) + k], 5);
                }
            }
        }
    }

    [Fact]
    public void Decoded_weights_of_nested_profiles_are_what_the_formula_says()
    {
        // Five bits an index, so that indices lie across bytes; a super-scale for two rows and 32 columns.
        var table = CodedMatrices.Table(bits: 2, indexBits: 5, seed: 3);
        var matrix = CodedMatrices.Nested(rows: 5, columns: 37, table, superRows: 2, superColumns: 32, exponent: -4, seed: 9);
        var dense = matrix.Decode();
        var stream = new System.Numerics.BigInteger(matrix.Profiles.Span, isUnsigned: true);
        for (var r = 0; r < 5; r++)
        {
            for (var k = 0; k < 37; k++)
            {
                var profile = (int)(stream >> (5 * ((r * 3) + (k / 16))) & 31);
                double sum = table.Entries.Span[(profile * 3) + 2];
                for (var b = 0; b < 2; b++)
                {
                    var plus = (matrix.Codes.Span[(b * 5 * 5) + (r * 5) + (k / 8)] >> (k % 8) & 1) != 0;
                    sum += (plus ? 1 : -1) * table.Entries.Span[(profile * 3) + b];
                }

                var expected = (double)matrix.SuperScales.Span[(r / 2 * 2) + (k / 32)] * table.Step * sum / 16;
                Assert.Equal(expected, dense[(r * 37) + k], 1e-6 * Math.Abs(expected));
            }
        }
    }

    [Fact]
    public void Equal_tables_are_stored_once_under_the_first_weight_that_uses_them()
    {
        var shared = CodedMatrices.Table(3, 4);
        var equal = new ProfileTable(3, 4, shared.Step, shared.Entries.ToArray());
        var other = CodedMatrices.Table(3, 4, seed: 2);
        var layers = new (string Name, CodedMatrix Matrix)[]
        {
            ("d", CodedMatrices.Create(4, 32, 3, 0, 0)),
            ("c", CodedMatrices.Nested(4, 32, shared, 1, 256)),
            ("b", CodedMatrices.Nested(2, 32, other, 1, 256)),
            ("a", CodedMatrices.Nested(8, 32, equal, 1, 256)),
        };
        foreach (var (path, order) in new[] { ("1", layers), ("2", layers.AsEnumerable().Reverse().ToArray()) })
        {
            var writer = new PackedFileWriter();
            Array.ForEach(order, layer => writer.AddLayer(layer.Name, "shiftadd", [layer.Matrix.Rows, 32], DType.F32, layer.Matrix));
            writer.Write(folder.File(path));
            writer.Write(folder.File("again"));
            Assert.Equal(File.ReadAllBytes(folder.File(path)), File.ReadAllBytes(folder.File("again")));
        }

        Assert.Equal(File.ReadAllBytes(folder.File("1")), File.ReadAllBytes(folder.File("2")));
        using var file = PackedFile.Open(folder.File("1"));
        Assert.Equal(["a.table", "b.table", "a.table"], file.Layers.Values.OfType<NestedSpec>().Select(spec => spec.Table));
        Assert.Equal(["a.table", "b.table"], file.Checkpoint.Names.Where(name => name.EndsWith(".table", StringComparison.Ordinal)));
        Assert.Equal(2 * 64, file.TableBytes);
        Assert.All(layers, layer => Assert.Equal(layer.Matrix.Decode(), file.ReadSingles(layer.Name)));

        // 64 bytes for the 256 + 128 weights of a and c.
        Assert.Equal((8.0 * layers[1].Matrix.StoredBytes / 128) + (8.0 * 64 / 384), file.BitsPerWeight("c"), 9);
        Assert.True(file.SameCoding("a", "a"));
        Assert.False(file.SameCoding("a", "c"));
    }

    [Fact]
    public void Weights_of_the_same_bytes_are_known_as_the_same()
    {
        var nested = CodedMatrices.Nested(4, 40, CodedMatrices.Table(2, 3), 1, 256);
        var writer = new PackedFileWriter();
        writer.AddLayer("a", "shiftadd", [4, 40], DType.F32, nested);
        writer.AddLayer("b", "shiftadd", [4, 40], DType.BF16, nested);
        writer.AddLayer("c", "shiftadd", [4, 8, 5], DType.F32, nested);
        writer.AddLayer("d", "shiftadd", [4, 40], DType.F32, CodedMatrices.Nested(4, 40, CodedMatrices.Table(2, 3, seed: 2), 1, 256));
        writer.AddLayer("e", "shiftadd", [4, 40], DType.F32, CodedMatrices.Nested(4, 40, CodedMatrices.Table(2, 3), 1, 256, exponent: 1));
        writer.AddLayer("f", "shiftadd", [4, 40], DType.F32, CodedMatrices.Nested(4, 40, CodedMatrices.Table(2, 3), 1, 256, seed: 2));
        writer.Write(folder.File("same"));
        using var file = PackedFile.Open(folder.File("same"));
        Assert.True(file.SameCoding("a", "b"));
        Assert.All(["c", "d", "e", "f"], name => Assert.False(file.SameCoding("a", name)));
    }

    [Fact]
    public void The_rest_of_the_source_is_copied_as_it_was()
    {
        var source = new SafetensorsWriter();
        source.Add<float>("a.weight", [2, 3, 2], new float[12]);
        source.Add<Half>("b.weight", [2], new[] { (Half)1, (Half)2 });
        source.Add("odd", DType.F8E5M2, [3], new byte[] { 1, 2, 3 });
        source.SetMetadata("reparam.config", """{"dim":64}""");
        source.SetMetadata("format", "pt");
        source.Write(folder.File("source.safetensors"));
        using var checkpoint = Checkpoint.Open(folder.File("source.safetensors"));

        Pack(checkpoint, folder.File("1.reparam.safetensors"), copyFirst: false);
        Pack(checkpoint, folder.File("2.reparam.safetensors"), copyFirst: true);
        Assert.Equal(File.ReadAllBytes(folder.File("1.reparam.safetensors")), File.ReadAllBytes(folder.File("2.reparam.safetensors")));

        using var file = PackedFile.Open(folder.File("1.reparam.safetensors"));
        Assert.Equal(["a.weight"], file.Layers.Keys);
        Assert.Equal([2, 3, 2], file.Layers["a.weight"].Shape.ToArray());
        Assert.Equal(6, file.Layers["a.weight"].Columns);
        Assert.Equal(["b.weight", "odd"], file.CopiedNames);
        Assert.Equal([1, 2, 3], file.Checkpoint.Bytes("odd").ToArray());
        Assert.Equal([1f, 2f], file.ReadSingles("b.weight"));
        Assert.Equal("""{"dim":64}""", file.Checkpoint.Metadata["reparam.config"]);
        Assert.Equal("pt", file.Checkpoint.Metadata["format"]);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(checkpoint.Path))), file.Checkpoint.Metadata["reparam.source"]);
        Assert.Equal("1", file.Checkpoint.Metadata["reparam.format"]);
        Assert.Equal(
            """{"a.weight":{"method":"shiftadd","shape":[2,3,2],"dtype":"F32","layout":"row","bits":2,"scaleExponent":-3,"groupSize":4,"scaleTerms":0}}""",
            file.Checkpoint.Metadata["reparam.layers"]);

        var again = new PackedFileWriter();
        Assert.Equal(CheckpointRule.Packed, Assert.Throws<CheckpointException>(() => again.CopyRest(file.Checkpoint)).Rule);
    }

    [Fact]
    public void The_spec_of_nested_profiles_says_all_that_a_reader_needs()
    {
        var table = new ProfileTable(1, 0, 0.1f, new sbyte[] { 5, -1 });
        var writer = new PackedFileWriter();
        writer.AddLayer("w", "shiftadd", [1, 2, 1], DType.BF16, new NestedMatrix(1, 2, table, 1, 256, -3, new byte[] { 1 }, Array.Empty<byte>(), new[] { (Half)2 }));
        writer.Write(folder.File("n"));
        using var file = PackedFile.Open(folder.File("n"));
        Assert.Equal(
            """
            {"w":{"method":"shiftadd","shape":[1,2,1],"dtype":"BF16","layout":"nested","bits":1,"scaleExponent":-3,"indexBits":0,"superRows":1,"superColumns":256,"step":0.1,"table":"w.table"}}
            """,
            file.Checkpoint.Metadata["reparam.layers"]);
        Assert.Equal([2 * 0.1f * 4 / 8, 2 * 0.1f * -6 / 8], file.ReadSingles("w"));
    }

    [Fact]
    public void The_spec_of_codebooks_says_all_that_a_reader_needs()
    {
        // The second position's vector begins at column 4, and what of the first one reaches there is added.
        var entries = new sbyte[16 * 8];
        (entries[8], entries[12], entries[16]) = (3, 5, -7);
        var set = new CodebookSet([new(4, 8)], 0.5f, entries);
        var writer = new PackedFileWriter();
        writer.AddLayer("w", "shiftadd", [1, 5], DType.F32, new CodebookMatrix(1, 5, set, 1, 8, -2, new byte[] { 0x21 }, new[] { (Half)4 }));
        writer.Write(folder.File("c"));
        using var file = PackedFile.Open(folder.File("c"));
        Assert.Equal(
            """
            {"w":{"method":"shiftadd","shape":[1,5],"dtype":"F32","layout":"codebook","bits":1,"scaleExponent":-2,"stages":"4:8","superRows":1,"superColumns":8,"step":0.5,"table":"w.table"}}
            """,
            file.Checkpoint.Metadata["reparam.layers"]);
        Assert.Equal([1.5f, 0, 0, 0, (5 - 7) * 0.5f], file.ReadSingles("w"));
    }

    [Fact]
    public void Every_coded_weight_has_a_canary()
    {
        var writer = new PackedFileWriter();
        void Add(string name, CodedMatrix matrix) => writer.AddLayer(name, "shiftadd", [matrix.Rows, matrix.Columns], DType.F32, matrix);
        Add("c", CodedMatrices.Create(9, 50, 3, 16, 0));
        Add("a", CodedMatrices.Create(9, 50, 3, 16, 0, seed: 2));
        Add("b", CodedMatrices.Create(2, 50, 4, 16, 0));
        Add("d", CodedMatrices.Create(20, 50, 3, 16, 0, format: BinaryFormat.Column));
        Add("e", CodedMatrices.Create(20, 50, 3, 16, 0, format: BinaryFormat.Block8));
        Add("f", CodedMatrices.Create(20, 50, 3, 16, 1, format: BinaryFormat.Block8));
        Add("g", CodedMatrices.Nested(9, 50, CodedMatrices.Table(3, 6), 1, 256));
        Add("h", CodedMatrices.Nested(7, 20, CodedMatrices.Table(3, 6), 1, 256, exponent: 3));
        Add("i", CodedMatrices.Nested(9, 50, CodedMatrices.Table(3, 6, seed: 2), 1, 256));
        writer.Write(folder.File("c.reparam.safetensors"));
        using var file = PackedFile.Open(folder.File("c.reparam.safetensors"));
        Assert.Equal(file.Layers.Keys, file.Canaries.Select(canary => canary.Tensor));
        Assert.Equal([8, 2, 8, 8, 8, 8, 8, 7, 8], file.Canaries.Select(canary => canary.Outputs.Length));
    }

    [Fact]
    public void A_file_that_is_refused_by_its_review_is_not_put_in_its_place()
    {
        var (path, place) = (folder.File("r.reparam.safetensors"), folder.File(""));
        var writer = new PackedFileWriter();
        writer.AddLayer("w", "shiftadd", [9, 50], DType.F32, CodedMatrices.Create(9, 50, 3, 16, 0));
        File.WriteAllText(path, "before");
        var files = Directory.GetFiles(place);
        var exception = Assert.Throws<CheckpointException>(() => writer.Write(path, review: file =>
        {
            file.VerifyCanaries();
            throw new CheckpointException(file.Path, "w", CheckpointRule.Canary, "found another product");
        }));
        Assert.Equal((path, "w", CheckpointRule.Writable), (exception.File, exception.Tensor, exception.Rule));
        Assert.Contains("did not pass its check: found another product", exception.Message);
        Assert.Equal("before", File.ReadAllText(path));
        Assert.Equal(files, Directory.GetFiles(place));

        var seen = 0;
        writer.Write(path, review: file => seen = file.Layers.Count);
        Assert.Equal(1, seen);
        PackedFile.Open(path).Dispose();
        Assert.Equal(files, Directory.GetFiles(place));
    }

    private static void AssertEqual(CodedMatrix expected, CodedMatrix found)
    {
        Assert.Equal((expected.Format, expected.Rows, expected.Columns, ((PlanesMatrix)expected).Bits), (found.Format, found.Rows, found.Columns, ((PlanesMatrix)found).Bits));
        if (expected is NestedMatrix nested)
        {
            var back = Assert.IsType<NestedMatrix>(found);
            Assert.Equal(nested.Codes.ToArray(), back.Codes.ToArray());
            Assert.Equal(nested.Profiles.ToArray(), back.Profiles.ToArray());
            Assert.Equal(nested.SuperScales.ToArray(), back.SuperScales.ToArray());
            Assert.Equal(nested.Table.Entries.ToArray(), back.Table.Entries.ToArray());
            Assert.Equal(
                (nested.ScaleExponent, nested.SuperRows, nested.SuperColumns, nested.Table.Step),
                (back.ScaleExponent, back.SuperRows, back.SuperColumns, back.Table.Step));
            return;
        }

        if (expected is CodebookMatrix codebook)
        {
            var back = Assert.IsType<CodebookMatrix>(found);
            Assert.Equal(codebook.Indices.ToArray(), back.Indices.ToArray());
            Assert.Equal(codebook.SuperScales.ToArray(), back.SuperScales.ToArray());
            Assert.Equal(codebook.Set.Entries.ToArray(), back.Set.Entries.ToArray());
            Assert.Equal(codebook.Set.Stages, back.Set.Stages);
            Assert.Equal(
                (codebook.ScaleExponent, codebook.SuperRows, codebook.SuperColumns, codebook.Set.Step),
                (back.ScaleExponent, back.SuperRows, back.SuperColumns, back.Set.Step));
            return;
        }

        var binary = Assert.IsType<BinaryCodedMatrix>(expected);
        var same = Assert.IsType<BinaryCodedMatrix>(found);
        Assert.Equal(binary.Codes.ToArray(), same.Codes.ToArray());
        Assert.Equal(binary.Scales.ToArray(), same.Scales.ToArray());
        Assert.Equal(binary.Terms.ToArray(), same.Terms.ToArray());
        Assert.Equal((binary.RowBlocks, binary.ColumnBlocks), (same.RowBlocks, same.ColumnBlocks));
        Assert.Equal((binary.ScaleExponent, binary.ScaleTerms), (same.ScaleExponent, same.ScaleTerms));
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

    private static void Pack(ICheckpoint source, string path, bool copyFirst)
    {
        var writer = new PackedFileWriter { SourceHash = Checkpoint.ComputeHash(source) };
        if (copyFirst)
        {
            writer.Copy(source, "odd");
        }

        writer.AddLayer("a.weight", "shiftadd", [2, 3, 2], DType.F32, CodedMatrices.Create(2, 6, 2, 4, 0, exponent: -3));
        if (copyFirst)
        {
            writer.Copy(source, "b.weight");
            foreach (var (key, value) in source.Metadata)
            {
                writer.SetMetadata(key, value);
            }
        }
        else
        {
            writer.CopyRest(source);
        }

        writer.Write(path);
    }
}
