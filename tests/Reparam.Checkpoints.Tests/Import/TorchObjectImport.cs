using Reparam.Checkpoints.Import;

namespace Reparam.Checkpoints.Tests.Import;

/// <summary>Modules, parameters and other objects around tensors: every tensor comes out, or the file is refused.</summary>
public sealed class TorchObjectImport : IDisposable
{
    private readonly ImportCase import = new();

    public void Dispose() => import.Dispose();

    [Fact]
    public void A_pickled_module_gives_its_parameters_buffers_and_attributes()
    {
        var pickle = new PickleBuilder().Module(
            "Net",
            parameters => parameters.Text("gain").Vector("0", 1).Text("bias").Raw((byte)'N'),
            buffers => buffers.Text("mean").Vector("1", 2),
            modules => modules.Text("rnn").Module(
                "Rnn",
                inner => inner.Text("weight").Vector("2", 1).Raw((byte)'q', 7),
                _ => { },
                _ => { },
                more => more.Text("_flat_weights").Raw((byte)']').Vector("2", 1).Raw((byte)'a').Text("size").Integer(3)),
            more => more.Text("scale").Vector("3", 1)).End();
        var file = PickleBuilder.Zip(
            pickle, "little", ("0", ImportCase.Bytes(1)), ("1", ImportCase.Bytes(2, 3)), ("2", ImportCase.Bytes(4)), ("3", ImportCase.Bytes(5)));

        var tensors = import.Floats(file);
        Assert.Equal(["gain", "mean", "rnn.weight", "scale"], tensors.Keys);
        Assert.Equal([1, 2, 3, 4, 5], tensors.Values.SelectMany(values => values));
        Assert.Equal(["3 attributes of objects that hold no tensor", "1 attributes of modules that are parameters, buffers or modules again"], import.Import(file).Skipped);
    }

    [Fact]
    public void A_module_that_keeps_the_one_around_it_is_read_once()
    {
        const byte Memo = 9;
        var pickle = new PickleBuilder().Global("models", "Net").Raw((byte)')', 0x81, (byte)'q', Memo).Dict(state => state
            .Text("_parameters").Dict(_ => { }).Text("_buffers").Dict(_ => { })
            .Text("_modules").Dict(modules => modules.Text("part").Module(
                "Part", parameters => parameters.Text("weight").Vector("0", 1), _ => { }, _ => { },
                more => more.Text("around").Raw((byte)'h', Memo).Text("scale").Vector("1", 1)))).Raw((byte)'b').End();
        var file = PickleBuilder.Zip(pickle, "little", ("0", ImportCase.Bytes(1)), ("1", ImportCase.Bytes(2)));
        Assert.Equal(["part.scale", "part.weight"], import.Floats(file).Keys.Order());
        Assert.Contains("1 attributes of modules that are parameters, buffers or modules again", import.Import(file).Skipped);
    }

    [Theory]
    [InlineData("w")]
    [InlineData("model")]
    public void A_tensor_that_is_an_attribute_of_the_dictionary_at_the_top_is_not_lost(string entry)
    {
        var pickle = new PickleBuilder().Raw((byte)'}').Mark().Text(entry).Raw((byte)'}').Mark().Text("a").Vector("0", 1).Raw((byte)'u', (byte)'u')
            .Dict(state => state.Text("_metadata").Integer(1).Text("hidden").Vector("1", 1)).Raw((byte)'b').End();
        var file = PickleBuilder.Zip(pickle, "little", ("0", ImportCase.Bytes(1)), ("1", ImportCase.Bytes(2)));
        if (entry == "model")
        {
            Assert.Contains("found 'model' (1 tensor) and beside it 'hidden' (1 tensor)", import.Refused(file));
            return;
        }

        Assert.Equal(["hidden", "w.a"], import.Floats(file).Keys.Order());
    }

    [Fact]
    public void Parameters_of_every_age_are_tensors()
    {
        var pickle = PickleBuilder.Dictionary(dict =>
        {
            dict.Text("old").Global("torch.nn.parameter", "Parameter").Vector("0", 1).Raw(0x88, 0x86, (byte)'R');
            dict.Text("older").Global("torch.nn.parameter", "Parameter").Vector("1", 1).Raw(0x85, (byte)'R')
                .Raw(0x88).Raw(0x89).Raw((byte)'N').Raw(0x87, (byte)'b');
            dict.Text("stated").Global("torch._utils", "_rebuild_parameter_with_state").Mark().Vector("2", 1).Raw(0x88, (byte)'}')
                .Dict(state => state.Text("sharded").Raw(0x88)).Raw((byte)'t', (byte)'R');
            dict.Text("subclass").Global("torch._tensor", "_rebuild_from_type_v2").Mark()
                .Global("torch._utils", "_rebuild_tensor_v2").Global("fastai", "TensorImage").Mark()
                .Mark().Text("storage").Global("torch", "FloatStorage").Text("3").Text("cpu").Integer(1).Raw((byte)'t', (byte)'Q')
                .Integer(0).Tuple(1).Tuple(1).Raw(0x89, (byte)'}', (byte)'t').Raw((byte)'}', (byte)'t', (byte)'R');
        });
        var file = PickleBuilder.Zip(
            pickle, "little", ("0", ImportCase.Bytes(1)), ("1", ImportCase.Bytes(2)), ("2", ImportCase.Bytes(3)), ("3", ImportCase.Bytes(4)));
        Assert.Equal([1, 2, 3, 4], import.Floats(file).Values.SelectMany(values => values));
        Assert.Equal(["the attribute 'sharded' of a tensor: the values are kept", "the class fastai.TensorImage of a tensor: the values are kept"], import.Import(file).Skipped);
    }

    [Fact]
    public void A_tensor_whose_attributes_are_tensors_is_refused_by_name()
    {
        var file = PickleBuilder.Zip(
            PickleBuilder.Dictionary(dict => dict
                .Text("a.q").Global("torch._utils", "_rebuild_parameter_with_state").Mark().Vector("0", 1).Raw(0x88, (byte)'}')
                .Dict(state => state.Text("scale").Vector("1", 1)).Raw((byte)'t', (byte)'R')
                .Text("w").Vector("0", 1)),
            "little", ("0", ImportCase.Bytes(1)), ("1", ImportCase.Bytes(2)));
        Assert.Contains("tensor 'a.q': found a tensor with attributes that hold 1 more", import.Refused(file));
        Assert.Equal(["w"], import.Floats(file, new ImportOptions { Skip = ["a.*"] }).Keys);
    }

    [Fact]
    public void Objects_with_attributes_items_and_entries_are_walked_through()
    {
        var file = PickleBuilder.Zip(
            PickleBuilder.Dictionary(dict => dict
                .Text("holder").Object("lib", "Holder", state => state.Text("w").Vector("0", 1))
                .Text("easy").Global("easydict", "EasyDict").Raw((byte)')', 0x81).Mark().Text("w").Vector("1", 1).Raw((byte)'u')
                .Text("list").Global("lib", "List").Raw((byte)')', 0x81).Mark().Vector("2", 1).Raw((byte)'e')
                .Text("slots").Global("lib", "Slots").Raw((byte)')', 0x81, (byte)'N').Dict(state => state.Text("w").Vector("3", 1)).Raw(0x86, (byte)'b')),
            "little", ("0", ImportCase.Bytes(1)), ("1", ImportCase.Bytes(2)), ("2", ImportCase.Bytes(3)), ("3", ImportCase.Bytes(4)));
        var tensors = import.Floats(file);
        Assert.Equal([("easy.w", 2), ("holder.w", 1), ("list.0", 3), ("slots.w", 4)], tensors.Select(tensor => (tensor.Key, (int)tensor.Value[0])));
    }

    [Fact]
    public void An_object_made_of_tensors_by_an_unknown_function_is_refused()
    {
        var file = PickleBuilder.Zip(
            PickleBuilder.Dictionary(dict => dict.Text("q").Global("lib", "make").Vector("0", 1).Raw(0x85, (byte)'R')), "little", ("0", ImportCase.Bytes(1)));
        Assert.Contains("tensor 'q': found an object that lib.make makes of 1 tensors", import.Refused(file));
    }

    [Theory]
    [InlineData("torch._utils", "_rebuild_qtensor", "a quantised tensor")]
    [InlineData("torch._utils", "_rebuild_meta_tensor_no_storage", "a meta tensor")]
    [InlineData("torch._utils", "_rebuild_nested_tensor", "a nested tensor")]
    [InlineData("torch._utils", "_rebuild_wrapper_subclass", "made by torch._utils._rebuild_wrapper_subclass")]
    [InlineData("torch.nn.parameter", "UninitializedParameter", "a parameter without values")]
    [InlineData("numpy.core.multiarray", "_reconstruct", "a NumPy array")]
    public void A_tensor_without_a_plain_form_is_refused_by_name_and_can_be_skipped(string module, string function, string expected)
    {
        var file = PickleBuilder.Zip(
            PickleBuilder.Dictionary(dict => dict.Text("odd").Global(module, function).Raw((byte)')', (byte)'R').Text("w").Vector("0", 1)),
            "little", ("0", ImportCase.Bytes(1)));
        Assert.Contains("tensor 'odd': found ", import.Refused(file));
        Assert.Contains(expected, import.Refused(file));
        Assert.Equal(["w"], import.Floats(file, new ImportOptions { Skip = ["o?d"] }).Keys);
    }

    [Fact]
    public void Complex_numbers_of_128_bits_are_refused_and_can_be_skipped()
    {
        var file = PickleBuilder.Zip(
            PickleBuilder.Dictionary(dict => dict.Text("freqs").Tensor("ComplexDoubleStorage", "0", 1, 0, [1], [1]).Text("w").Vector("1", 1)),
            "little", ("0", new byte[16]), ("1", ImportCase.Bytes(1)));
        Assert.Contains("tensor 'freqs': found type complex128, which has no counterpart in safetensors; --skip leaves it out", import.Refused(file));
        var summary = import.Import(file, new ImportOptions { Skip = ["freqs", "nothing*"] });
        Assert.Equal(["'freqs' (a tensor of type complex128, shape [1]), as --skip says"], summary.Skipped);
        Assert.Equal(["nothing*"], summary.UnusedPatterns);
    }

    [Fact]
    public void Negated_and_conjugated_values_come_out_as_PyTorch_gives_them()
    {
        var file = PickleBuilder.Zip(
            PickleBuilder.Dictionary(dict => dict
                .Text("f").MarkedTensor("FloatStorage", "0", 3, "neg")
                .Text("c").MarkedTensor("ComplexFloatStorage", "1", 1, "conj")
                .Text("nc").MarkedTensor("ComplexFloatStorage", "1", 1, "conj", "neg")
                .Text("n").MarkedTensor("ComplexFloatStorage", "1", 1, "neg")
                .Text("i").MarkedTensor("ShortStorage", "2", 2, "neg")
                .Text("h").MarkedTensor("HalfStorage", "3", 1, "neg")),
            "little", ("0", ImportCase.Bytes(1, -2, 0)), ("1", ImportCase.Bytes(3, 4)), ("2", [5, 0, 0xFF, 0xFF]), ("3", [0, 0x3C]));
        import.Import(file);
        using var checkpoint = Checkpoint.Open(import.Output);
        Assert.Equal(ImportCase.Bytes(-1, 2, -0f), checkpoint.Bytes("f").ToArray());
        Assert.Equal(ImportCase.Bytes(3, -4), checkpoint.Bytes("c").ToArray());
        Assert.Equal(ImportCase.Bytes(-3, 4), checkpoint.Bytes("nc").ToArray());
        Assert.Equal(ImportCase.Bytes(-3, -4), checkpoint.Bytes("n").ToArray());
        Assert.Equal<short>([-5, 1], checkpoint.ReadArray<short>("i"));
        Assert.Equal([0, 0xBC], checkpoint.Bytes("h").ToArray());
    }

    [Theory]
    [InlineData("BoolStorage", "neg", "negated elements of type bool")]
    [InlineData("FloatStorage", "conj", "conjugated elements of type float32")]
    [InlineData("FloatStorage", "lazy", "metadata that are not understood")]
    public void A_mark_without_a_meaning_is_refused(string storage, string mark, string expected) =>
        Assert.Contains(expected, import.Refused(PickleBuilder.Zip(PickleBuilder.Dictionary(dict => dict.Text("w").MarkedTensor(storage, "0", 4, mark)), "little", ("0", new byte[16]))));

    [Fact]
    public void Expanded_views_are_written_out()
    {
        var file = PickleBuilder.Zip(
            PickleBuilder.Dictionary(dict => dict
                .Text("ids").Tensor("FloatStorage", "0", 3, 1, [2, 2], [0, 0])
                .Text("rows").Tensor("FloatStorage", "0", 3, 0, [2, 3], [0, 1])
                .Text("overlap").Tensor("FloatStorage", "0", 3, 0, [2, 2], [1, 1])),
            "little", ("0", ImportCase.Bytes(1, 2, 3)));
        var tensors = import.Floats(file);
        Assert.Equal([2, 2, 2, 2], tensors["ids"]);
        Assert.Equal([1, 2, 3, 1, 2, 3], tensors["rows"]);
        Assert.Equal([1, 2, 2, 3], tensors["overlap"]);
    }

    [Fact]
    public void A_tensor_beside_the_model_is_refused_until_the_user_chooses()
    {
        var file = PickleBuilder.Zip(
            PickleBuilder.Dictionary(dict => dict
                .Text("epoch").Integer(3)
                .Text("model").Dict(model => model.Text("w").Vector("0", 1))
                .Text("ema").Dict(ema => ema.Text("w").Vector("1", 1).Text("n").Vector("1", 1))
                .Text("head.weight").Vector("2", 1)),
            "little", ("0", ImportCase.Bytes(1)), ("1", ImportCase.Bytes(2)), ("2", ImportCase.Bytes(3)));
        Assert.Contains(
            "found 'model' (1 tensor) and beside it 'ema' (2 tensors), 'head.weight' (1 tensor): choose with --key NAME, or leave out with --skip NAME", import.Refused(file));
        Assert.Equal([("w", 1f)], Values(import.Floats(file, new ImportOptions { Skip = ["ema", "head.weight"] })));
        Assert.Equal([("w", 1f)], Values(import.Floats(file, new ImportOptions { Skip = ["ema.*", "head*"] })));
        Assert.Equal([("n", 2f), ("w", 2f)], Values(import.Floats(file, new ImportOptions { Key = "ema" })));
        Assert.Equal([("ema.n", 2f), ("ema.w", 2f)], Values(import.Floats(file, new ImportOptions { Skip = ["model", "head*"] })));
        Assert.Equal([("head.weight", 3f)], Values(import.Floats(file, new ImportOptions { Key = "head.weight" })));
        var summary = import.Import(file, new ImportOptions { Key = "model" });
        Assert.Equal(["3 tensors outside 'model', as --key says"], summary.Skipped);
        using (var checkpoint = Checkpoint.Open(import.Output))
        {
            Assert.Equal("3", checkpoint.Metadata["pytorch.epoch"]);
        }

        Assert.Contains("found no tensors under the key 'net', expected one of 'model' (1 tensor), 'ema' (2 tensors), 'head.weight' (1 tensor)", import.Refused(file, new ImportOptions { Key = "net" }));
        Assert.Contains("every tensor of the file is left out", import.Refused(file, new ImportOptions { Skip = ["*"] }));
    }

    [Fact]
    public void The_model_under_a_second_key_is_told_and_no_reason_to_refuse()
    {
        var file = PickleBuilder.Zip(
            PickleBuilder.Dictionary(dict => dict.Text("model").Dict(model => model.Text("w").Vector("0", 1)).Raw((byte)'q', 5).Text("best").Raw((byte)'h', 5)),
            "little", ("0", ImportCase.Bytes(1)));
        Assert.Equal([("w", 1f)], Values(import.Floats(file)));
        Assert.Equal(["'best', which is 'model' again"], import.Import(file).Skipped);
    }

    [Fact]
    public void A_key_may_lead_through_dictionaries_lists_and_modules()
    {
        var file = PickleBuilder.Zip(
            PickleBuilder.Dictionary(dict => dict
                .Text("a.b").Dict(a => a.Text("c").Raw((byte)']').Dict(c => c.Text("w").Vector("0", 1)).Raw((byte)'a'))
                .Text("net").Module("Net", _ => { }, _ => { }, modules => modules.Text("fc").Module("Fc", own => own.Text("w").Vector("1", 1), _ => { }, _ => { }))),
            "little", ("0", ImportCase.Bytes(1)), ("1", ImportCase.Bytes(2)));
        Assert.Equal([("w", 1f)], Values(import.Floats(file, new ImportOptions { Key = "a.b.c.0" })));
        Assert.Equal([("w", 2f)], Values(import.Floats(file, new ImportOptions { Key = "net.fc" })));
    }

    [Fact]
    public void The_state_of_an_optimizer_beside_the_model_is_left_out_and_told()
    {
        static PickleBuilder Optimizer(PickleBuilder pickle) => pickle.Dict(state => state
            .Text("state").Dict(own => own.Integer(0).Dict(first => first.Text("exp_avg").Vector("1", 1))).Text("param_groups").Raw((byte)']'));
        var file = PickleBuilder.Zip(
            PickleBuilder.Dictionary(dict => Optimizer(dict.Text("net").Dict(net => net.Text("w").Vector("0", 1)).Text("optimizer"))),
            "little", ("0", ImportCase.Bytes(1)), ("1", ImportCase.Bytes(2)));
        Assert.Equal([("net.w", 1f)], Values(import.Floats(file)));
        Assert.Equal(["'optimizer', the state of an optimizer (a dictionary of 2, 1 tensor)"], import.Import(file).Skipped);
        Assert.Empty(import.Import(file, new ImportOptions { Skip = ["optimizer"] }).UnusedPatterns);

        var alone = PickleBuilder.Zip(Optimizer(new PickleBuilder()).End(), "little", ("1", ImportCase.Bytes(2)));
        Assert.Equal([("state.0.exp_avg", 2f)], Values(import.Floats(alone)));
    }

    [Fact]
    public void Tuples_and_lists_are_roots()
    {
        var pickle = new PickleBuilder().Mark().Dict(dict => dict.Text("w").Vector("0", 1)).Vector("1", 1).Raw((byte)'t').End();
        Assert.Equal([("0.w", 1f), ("1", 2f)], Values(import.Floats(PickleBuilder.Zip(pickle, "little", ("0", ImportCase.Bytes(1)), ("1", ImportCase.Bytes(2))))));
        Assert.Equal([("tensor", 1f)], Values(import.Floats(PickleBuilder.Zip(new PickleBuilder().Vector("0", 1).End(), "little", ("0", ImportCase.Bytes(1))))));
    }

    [Fact]
    public void A_view_of_a_storage_in_a_legacy_file_is_read()
    {
        var pickle = PickleBuilder.Dictionary(dict => dict.Text("w").Global("torch._utils", "_rebuild_tensor").Mark()
            .Mark().Text("storage").Global("torch", "FloatStorage").Text("0").Text("cpu").Integer(4)
            .Mark().Text("view").Integer(1).Integer(3).Raw((byte)'t').Raw((byte)'t', (byte)'Q')
            .Integer(1).Tuple(2).Tuple(1).Raw((byte)'t', (byte)'R'));
        Assert.Equal([3, 4], import.Floats(PickleBuilder.Legacy(pickle, ("0", 4, ImportCase.Bytes(1, 2, 3, 4))))["w"]);
    }

    [Fact]
    public void Names_that_the_result_cannot_hold_are_refused()
    {
        string Refused(Action<PickleBuilder> entries, ImportOptions? options = null) =>
            import.Refused(PickleBuilder.Zip(PickleBuilder.Dictionary(entries), "little", ("0", ImportCase.Bytes(1))), options);
        Assert.Contains("keeps for itself", Refused(dict => dict.Text("__metadata__").Vector("0", 1)));
        Assert.Contains("an empty name", Refused(dict => dict.Text("").Vector("0", 1)));
        Assert.Contains("an empty name", Refused(dict => dict.Text("w").Vector("0", 1), new ImportOptions { StripPrefix = "w" }));
        Assert.Contains("tensor 'a.b': found the name twice", Refused(dict => dict.Text("a.b").Vector("0", 1).Text("a").Dict(a => a.Text("b").Vector("0", 1))));
        Assert.Contains("tensor '1': found the name twice", Refused(dict => dict.Integer(1).Vector("0", 1).Text("1").Vector("0", 1)));
        Assert.Contains("expected text or an integer", Refused(dict => dict.Raw((byte)'N').Vector("0", 1)));
        Assert.Contains("expected text or an integer", Refused(dict => dict.Vector("0", 1).Integer(1)));
        Assert.Contains("letters in a name", Refused(dict => dict.Text(new string('a', 5000)).Vector("0", 1)));
    }

    [Fact]
    public void A_file_without_tensors_is_refused()
    {
        Assert.Contains("found a dictionary of 1 without a tensor", import.Refused(PickleBuilder.Zip(PickleBuilder.Dictionary(dict => dict.Text("epoch").Integer(1)), "little")));
        Assert.Contains("found a dictionary of 0 without a tensor", import.Refused(PickleBuilder.Zip(PickleBuilder.Dictionary(_ => { }), "little")));
    }

    private static (string, float)[] Values(SortedDictionary<string, float[]> tensors) => [.. tensors.Select(tensor => (tensor.Key, tensor.Value.Single()))];
}
