using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using Reparam.Compression.Calibration;
using Reparam.Training.Tests.Models;
using TorchSharp;
using static Reparam.Training.Tests.Calibration.RecordingOracle;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.Calibration;

/// <summary>The life of a recording: which layers it takes, when it ends, its files, and what it leaves behind.</summary>
public sealed class RecordingLifeTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("reparam-recorder-");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("blocks.*.query", 2)]
    [InlineData("blocks.0.*", 4)]
    [InlineData("**.output", 2)]
    [InlineData("**", 10)]
    [InlineData("blocks.**", 8)]
    [InlineData("*", 2)]
    [InlineData("blocks.*.q*", 2)]
    public void Layers_are_named_by_their_paths(string pattern, int count)
    {
        using var net = new AttendingNet();
        using var recorder = CalibrationRecorder.Attach(net, pattern);
        Assert.Equal(count, recorder.Weights.Length);
    }

    [Fact]
    public void A_model_without_the_layers_asked_for_is_refused()
    {
        using var net = new Plain(Linear(2, 2));
        Assert.Contains("[ShiftAdd]", Assert.Throws<InvalidOperationException>(() => CalibrationRecorder.Attach(net)).Message, StringComparison.Ordinal);
        Assert.Contains("'layers.*'", Assert.Throws<ArgumentException>(() => CalibrationRecorder.Attach(net, "layers.*")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => CalibrationRecorder.Attach(net, _ => false));
        Assert.Throws<ArgumentOutOfRangeException>(() => CalibrationRecorder.Attach(net, "layer", maxTokens: 0));
    }

    [Fact]
    public void Annotated_layers_are_recorded_and_those_with_one_input_share_a_matrix()
    {
        using var net = Trained();
        using var recorder = CalibrationRecorder.Attach(net);
        string[] parts = ["query", "key", "value", "output"];
        Assert.Equal(
            Enumerable.Range(0, 2).SelectMany(i => parts.Select(part => $"blocks.{i}.{part}.weight")).Append("spare.weight").Order(StringComparer.Ordinal),
            recorder.Weights.Order(StringComparer.Ordinal));
        Run(net, 3);
        Assert.Equal("spare.weight", Assert.Single(recorder.NotReached));
        recorder.Save(File("c"));

        using var file = CalibrationFile.Open(File("c"));
        Assert.Equal(8, file.Layers.Count);
        Assert.Equal(4, file.Layers.Values.Select(layer => layer.Gram).Distinct().Count());
        Assert.Equal(file.Layers["blocks.1.query.weight"].Gram, file.Layers["blocks.1.key.weight"].Gram);
        Assert.Equal(file.Layers["blocks.1.query.weight"].Gram, file.Layers["blocks.1.value.weight"].Gram);
        Assert.All(file.Layers.Values, layer => Assert.Equal(3 * 2 * 5, layer.Tokens));
        Assert.Null(file.SourceHash);
    }

    [Fact]
    public void Recording_ends_at_the_number_of_tokens_asked_for_and_tells_how_far_it_is()
    {
        using var net = new Plain(Conv1d(2, 2, 3));
        var told = new List<CalibrationProgress>();
        using var recorder = CalibrationRecorder.Attach(net, "layer", maxTokens: 10, new Told(told));
        using var x = randn(1, 2, 8);
        net.call(x);
        Assert.False(recorder.IsComplete);
        net.call(x);
        net.call(x);
        Assert.True(recorder.IsComplete);
        Assert.Equal([new(6, 10, 1, 1), new CalibrationProgress(10, 10, 1, 1)], told);
        var places = Places(x.unsqueeze(2), (1, 3), (1, 1), (0, 0), (1, 1), 1);
        var gram = recorder.Find("layer.weight", 2, 6)!.Gram;
        Assert.Equal(Oracle([.. places, .. places.Take(4)], 6), gram.Values.ToArray(), Near(gram));
    }

    [Fact]
    public void Two_recordings_merged_and_one_that_was_gone_on_with_equal_one_run()
    {
        using var net = Trained();
        using (var whole = CalibrationRecorder.Attach(net))
        {
            Run(net, 4);
            whole.Save(File("whole"));
        }

        using (var first = CalibrationRecorder.Attach(net))
        {
            Run(net, 1);
            first.Save(File("first"));
        }

        using (var second = CalibrationRecorder.Attach(net))
        {
            Run(net, 3, from: 1);
            second.Save(File("second"));
            second.Merge(File("first"));
            second.Save(File("resumed"));
        }

        using (var a = CalibrationFile.Open(File("first")))
        using (var b = CalibrationFile.Open(File("second")))
        {
            CalibrationMerge.Merge([a, b]).Write(File("merged"));
        }

        using var expected = CalibrationFile.Open(File("whole"));
        foreach (var name in new[] { "resumed", "merged" })
        {
            using var found = CalibrationFile.Open(File(name));
            Assert.Equal(expected.Layers, found.Layers);
            Assert.All(expected.Layers.Keys, layer =>
                Assert.Equal(expected.ReadGram(layer).Values.ToArray(), found.ReadGram(layer).Values.ToArray(), Near(expected.ReadGram(layer), roundings: 2)));
        }
    }

    [Fact]
    public void Layers_that_saw_nothing_are_named_once_with_what_may_be_the_reason()
    {
        var handler = ReparamWarnings.Handler;
        var told = new List<string>();
        ReparamWarnings.Handler = text =>
        {
            lock (told)
            {
                told.Add(text);
            }
        };
        try
        {
            using var net = new Passing();
            using var recorder = CalibrationRecorder.Attach(net, "*");
            var refused = Assert.Throws<InvalidOperationException>(() => recorder.Save(File("none")));
            Assert.Contains("Passing: none of the 2 recorded layers saw an input", refused.Message, StringComparison.Ordinal);
            net.call(randn(4, 3));
            recorder.Save(File("first"));
            recorder.Save(File("second"));
            string warning;
            lock (told)
            {
                warning = Assert.Single(told, text => text.StartsWith("Passing", StringComparison.Ordinal));
            }

            Assert.Contains("1 of 2 layers", warning, StringComparison.Ordinal);
            Assert.Contains("(passed.weight)", warning, StringComparison.Ordinal);
            Assert.Contains(".forward(x)", warning, StringComparison.Ordinal);
        }
        finally
        {
            ReparamWarnings.Handler = handler;
        }
    }

    [Fact]
    public void A_recording_is_gone_on_with_only_by_the_same_layers_and_weights()
    {
        using var net = new Plain(Linear(3, 2));
        using var recorder = CalibrationRecorder.Attach(net, "layer");
        ((Module<Tensor, Tensor>)net.children().Single()).forward(randn(4, 3));
        Assert.Contains(".call(x) is heard", Assert.Throws<InvalidOperationException>(() => recorder.Save(File("none"))).Message, StringComparison.Ordinal);
        net.call(randn(4, 3));
        var writer = new CalibrationWriter { SourceHash = "other" };
        writer.Add(["layer.weight"], new Gram(3, new float[9], 5));
        writer.Write(File("other"));
        writer.Add(["more.weight"], new Gram(3, new float[9], 5));
        writer.Write(File("more"));
        var wide = new CalibrationWriter();
        wide.Add(["layer.weight"], new Gram(4, new float[16], 5));
        wide.Write(File("wide"));
        net.SaveSafetensors(File("weights"));

        Assert.Contains("'more.weight'", Assert.Throws<CheckpointException>(() => recorder.Merge(File("more"))).Message, StringComparison.Ordinal);
        Assert.Contains("found 4 inputs, expected 3", Assert.Throws<CheckpointException>(() => recorder.Merge(File("wide"))).Message, StringComparison.Ordinal);
        recorder.Merge(File("other"));
        Assert.Equal(9, recorder.Tokens);
        Assert.Contains("other weights", Assert.Throws<CheckpointException>(() => recorder.Save(File("c"), File("weights"))).Message, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File("c")));
    }

    [Fact]
    public void The_file_tells_the_weights_that_ran()
    {
        using var net = Trained();
        net.ExportDense(File("dense"));
        using var recorder = CalibrationRecorder.Attach(net);
        Run(net, 1);
        recorder.Save(File("c"), File("dense"));

        using var file = CalibrationFile.Open(File("c"));
        using var dense = Checkpoint.Open(File("dense"));
        Assert.Empty(file.Check(dense));
        Assert.Equal(WeightHash.Compute(dense), file.SourceHash);
        Assert.All(file.Layers.Keys, weight => Assert.True(dense.Contains(weight)));
    }

    [Fact]
    public void A_thousand_batches_leave_no_tensor_behind()
    {
        using var net = Trained();
        using var convolutions = new Models.ConvNet();
        using var first = CalibrationRecorder.Attach(net);
        using var second = CalibrationRecorder.Attach(convolutions, "**");
        using var ids = tensor(new[,] { { 1L, 2, 3 }, { 4, 5, 6 } });
        using var wave = randn(1, 4, 6);
        Pass();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        for (var i = 0; i < 1000; i++)
        {
            Pass();
        }

        Assert.InRange(Tensor.TotalCount - before, -1000, 0);

        void Pass()
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            net.call(ids);
            convolutions.call(wave);
        }
    }

    [Fact]
    public void Nothing_of_a_recording_outlives_it()
    {
        using var net = Trained();
        using var ids = tensor(new[,] { { 1L, 2, 3 } });
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        using (NewDisposeScope())
        {
            var recorder = CalibrationRecorder.Attach(net);
            net.call(ids);
            recorder.Dispose();
            recorder.Dispose();
            net.call(ids);
            Assert.Empty(recorder.Weights);
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    private string File(string name) => Path.Combine(folder.FullName, name);

    private sealed class Told(List<CalibrationProgress> told) : IProgress<CalibrationProgress>
    {
        public void Report(CalibrationProgress value) => told.Add(value);
    }

    /// <summary>Two layers, of which the second is called past the recorder.</summary>
    private sealed class Passing : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> heard = Linear(3, 3);
        private readonly Module<Tensor, Tensor> passed = Linear(3, 3);

        public Passing()
            : base(nameof(Passing)) => RegisterComponents();

        public override Tensor forward(Tensor x) => passed.forward(heard.call(x));
    }
}
