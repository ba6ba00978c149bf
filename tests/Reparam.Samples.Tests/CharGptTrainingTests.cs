using CharGpt;
using CharGpt.Trainer;
using Reparam.Checkpoints;
using Reparam.Compression.Calibration;
using static TorchSharp.torch;

namespace Reparam.Samples.Tests;

/// <summary>A decoder small enough to train in a second, on a text of its own.</summary>
[Collection(TorchSharpAlone.Name)]
public sealed class CharGptTrainingTests : IDisposable
{
    private const string Text = "to be, or not to be: that is the question. ";
    private static readonly CharGptConfig Tiny = new(Width: 16, Layers: 1, Heads: 2, Context: 16, Alphabet: string.Concat(Text.Distinct().Order()));
    private static readonly long[] Tokens = new CharTokenizer(Tiny.Alphabet).Encode(string.Concat(Enumerable.Repeat(Text, 20)));

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("chargpt");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void Training_lowers_the_loss_and_keeps_the_best_weights()
    {
        var progress = Train("run", Options(steps: 60));
        Assert.Equal(60, progress.Step);
        Assert.True(progress.BestLoss < Math.Log(Tiny.Alphabet.Length) - 1, $"loss {progress.BestLoss}");

        using var best = ModelFile.LoadPretrained(File("run", "best"));
        Assert.Equal(progress.BestLoss, CharGpt.Trainer.Loss.OnText(best, Tokens, Tiny.Context), 6);
    }

    [Fact]
    public void A_paused_training_goes_on_as_if_it_had_not_been()
    {
        Train("straight", Options(steps: 20));

        var paused = Train("resumed", Options(steps: 20) with { TimeLimit = TimeSpan.Zero });
        Assert.Equal(1, paused.Step);
        using (var cancelled = new CancellationTokenSource())
        {
            cancelled.Cancel();
            Assert.Equal(2, Train("resumed", Options(steps: 20), cancelled.Token).Step);
        }

        Assert.Equal(20, Train("resumed", Options(steps: 20)).Step);
        AssertSameBytes("straight", "resumed");
    }

    [Fact]
    public void A_killed_training_goes_on_from_its_last_evaluation()
    {
        Train("straight", Options(steps: 20));

        // A sudden end after step 12: nothing is written any more, so the evaluation at step 10 is the last that is known.
        Assert.Throws<TimeoutException>(() => Train("killed", Options(steps: 20), report: new EndsSuddenly(afterStep: 12)));
        Assert.Equal(10, TrainingState.ReadProgress(File("killed", "state"))!.Step);

        Assert.Equal(20, Train("killed", Options(steps: 20)).Step);
        AssertSameBytes("straight", "killed");
    }

    [Fact]
    public void Folding_before_fine_tuning_says_which_step_is_missing()
    {
        var corpus = Corpus.Load(Path.Combine(AppContext.BaseDirectory, "tinyshakespeare.txt.gz"));
        var error = Assert.Throws<FileNotFoundException>(() => new Commands(new RunFolder(folder.FullName), corpus).Fold());
        Assert.Contains("run 'finetune' first", error.Message);
        Assert.Empty(folder.GetFileSystemInfos());
    }

    [Fact]
    public void A_finished_training_does_no_further_step()
    {
        Train("run", Options(steps: 5));
        var before = System.IO.File.GetLastWriteTimeUtc(File("run", "state"));
        Assert.Equal(5, Train("run", Options(steps: 5)).Step);
        Assert.Equal(before, System.IO.File.GetLastWriteTimeUtc(File("run", "state")));
    }

    [Fact]
    public void Training_ends_early_when_the_held_out_text_no_longer_gets_better()
    {
        // A learning rate of nearly nothing: the loss cannot get better by more than rounding, and soon does not at all.
        var progress = Train("run", Options(steps: 500) with { LearningRate = 1e-30, Patience = 3 });
        Assert.True(progress.Step < 500, $"{progress.Step} steps");
        Assert.Equal(3, progress.EvaluationsSinceBest);
    }

    [Fact]
    public void Another_training_is_not_mixed_with_the_one_in_the_folder()
    {
        Train("run", Options(steps: 5));
        Assert.Contains("--fresh", Assert.Throws<InvalidDataException>(() => Train("run", Options(steps: 6))).Message);
        Assert.Contains("seed", Assert.Throws<InvalidDataException>(() => Train("run", Options(steps: 5) with { Seed = 9 })).Message);
    }

    [Fact]
    public void Fine_tuning_moves_the_adapters_and_nothing_else_and_folding_changes_nothing()
    {
        Train("run", Options(steps: 20));
        using var model = ModelFile.LoadPretrained(File("run", "best"));
        Reparam.Training.ReparamModuleExtensions.StartAdaptation(model);
        var before = model.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value.clone());
        new TrainingSession("test", model, Options(steps: 10), File("run", "tuned"), File("run", "tuning"))
            .Run(Tokens, Tokens, fresh: false, CancellationToken.None, new Silent());

        var moved = model.state_dict().Where(entry => !entry.Value.equal(before[entry.Key]).all().item<bool>()).Select(entry => entry.Key).ToList();
        Assert.NotEmpty(moved);
        Assert.All(moved, name => Assert.Contains("lora", name));

        using var tuned = ModelFile.LoadFinetuned(File("run", "tuned"));
        var beside = CharGpt.Trainer.Loss.OnText(tuned, Tokens, Tiny.Context);
        ModelFile.SaveFolded(File("run", "folded"), tuned, []);
        Assert.Equal(beside, CharGpt.Loss.OnText(CharTransformerRuntime.Load(File("run", "folded")), string.Concat(Enumerable.Repeat(Text, 20))), 4);
    }

    [Fact]
    public void Calibration_knows_every_layer_of_the_folded_weights_that_the_build_codes()
    {
        var run = new RunFolder(Path.Combine(folder.FullName, "kept"));
        new Commands(run, Corpus.Load(Path.Combine(AppContext.BaseDirectory, "tinyshakespeare.txt.gz"))).Calibrate(tokens: 100, seed: 1, CancellationToken.None);

        using var checkpoint = Checkpoint.Open(run.FoldedOrKept);
        using var calibration = CalibrationFile.Open(run.Calibration);
        Assert.Empty(calibration.Check(checkpoint));
        Assert.Equal(24, calibration.Layers.Count);
        Assert.Equal(16, calibration.Layers.Values.Select(layer => layer.Gram).Distinct().Count());
        Assert.All(calibration.Layers, layer =>
        {
            Assert.Equal(2 * 16 * 128, layer.Value.Tokens);
            var shape = checkpoint.Info(layer.Key).Shape;
            Assert.NotNull(calibration.Find(layer.Key, (int)shape[0], (int)shape[1]));
        });
    }

    private static TrainingOptions Options(int steps) =>
        new(steps, BatchSize: 4, LearningRate: 1e-2, Seed: 3, EvaluateEvery: 5, Patience: 100, TimeLimit: TimeSpan.MaxValue);

    private TrainingProgress Train(string run, TrainingOptions options, CancellationToken cancellation = default, ITrainingReport? report = null)
    {
        manual_seed(options.Seed);
        using var model = new CharTransformer(Tiny);
        var session = new TrainingSession("test", model, options, File(run, "best"), File(run, "state"));
        return session.Run(Tokens, Tokens, fresh: false, cancellation, report ?? new Silent());
    }

    private string File(string run, string name) => Path.Combine(folder.FullName, run, name + ".safetensors");

    private void AssertSameBytes(string first, string second)
    {
        foreach (var name in new[] { "best", "state" })
        {
            Assert.Equal(System.IO.File.ReadAllBytes(File(first, name)), System.IO.File.ReadAllBytes(File(second, name)));
        }
    }

    private sealed class Silent : ITrainingReport
    {
        public void Step(int step, double loss)
        {
        }

        public void Evaluated(int step, double heldOutLoss, bool best)
        {
        }
    }

    private sealed class EndsSuddenly(int afterStep) : ITrainingReport
    {
        public void Step(int step, double loss)
        {
            if (step == afterStep)
            {
                throw new TimeoutException();
            }
        }

        public void Evaluated(int step, double heldOutLoss, bool best)
        {
        }
    }
}
