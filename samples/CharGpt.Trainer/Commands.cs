using Reparam.Training;
using Spectre.Console;
using TorchSharp;
using static TorchSharp.torch;

namespace CharGpt.Trainer;

/// <summary>The verbs: each is a step that the model goes through, and leaves a file for the next one.</summary>
/// <param name="folder">The run's files.</param>
/// <param name="corpus">The text.</param>
public sealed class Commands(RunFolder folder, Corpus corpus)
{
    private readonly CharTokenizer tokenizer = new(corpus.Alphabet);

    /// <summary>The characters of the text.</summary>
    public string Alphabet => corpus.Alphabet;

    /// <summary>Pretrains on the first nine tenths of the text; goes on where an earlier call stopped.</summary>
    /// <param name="size">Sizes of a new model.</param>
    /// <param name="options">How long, how fast.</param>
    /// <param name="fresh">Forgets what earlier calls did.</param>
    /// <param name="cancellation">Pauses.</param>
    public TrainingProgress Train(CharGptConfig size, TrainingOptions options, bool fresh, CancellationToken cancellation)
    {
        manual_seed(options.Seed);
        using var model = new CharTransformer(size);
        return new TrainingSession("pretraining", model, options, folder.Pretrained, folder.PretrainingState)
            .Run(tokenizer.Encode(corpus.Pretraining), tokenizer.Encode(corpus.TempestHeldOut), fresh, cancellation);
    }

    /// <summary>Fine-tunes adapters on The Taming of the Shrew beside the frozen pretrained weights; goes on where an earlier call stopped.</summary>
    public TrainingProgress Finetune(TrainingOptions options, bool fresh, CancellationToken cancellation)
    {
        manual_seed(options.Seed);
        using var model = ModelFile.LoadPretrained(folder.PretrainedOrKept);
        model.StartAdaptation();
        return new TrainingSession("fine-tuning", model, options, folder.Finetuned, folder.FinetuningState)
            .Run(tokenizer.Encode(corpus.ShrewTraining), tokenizer.Encode(corpus.ShrewHeldOut), fresh, cancellation);
    }

    /// <summary>Folds maps and adapters into plain dense weights, and records what every step did to the loss.</summary>
    /// <exception cref="FileNotFoundException">Nothing was fine-tuned yet.</exception>
    public void Fold()
    {
        if (!File.Exists(folder.Finetuned))
        {
            throw new FileNotFoundException($"{folder.Finetuned}: found no fine-tuned weights to fold; run 'finetune' first, until it has measured once.");
        }

        var steps = new List<(string, HeldOutLosses)>();
        using (var pretrained = ModelFile.LoadPretrained(folder.PretrainedOrKept))
        {
            steps.Add(("pretrained", Measure(pretrained)));
        }

        using var model = ModelFile.LoadFinetuned(folder.Finetuned);
        steps.Add(("fine-tuned, adapter beside", Measure(model)));
        ModelFile.SaveFolded(folder.Folded, model, steps);
        model.Fold();
        Show([.. steps, ("folded", Measure(model))]);
        AnsiConsole.WriteLine($"Dense weights for the build: {folder.Folded}");
    }

    /// <summary>
    /// Records what the layers of the folded weights see on the texts that they were trained on, one half from each, for the build to compress them by.
    /// </summary>
    /// <param name="tokens">Characters; rounded up to whole batches.</param>
    /// <param name="seed">Seed of the windows.</param>
    /// <param name="cancellation">Ends it; nothing is written.</param>
    public void Calibrate(int tokens, int seed, CancellationToken cancellation)
    {
        using var noGrad = no_grad();
        using var model = ModelFile.LoadFolded(folder.FoldedOrKept);
        model.eval();
        model.Fold();
        using var recorder = CalibrationRecorder.Attach(model);
        var texts = new[] { corpus.Pretraining, corpus.ShrewTraining }
            .Select(text => new Batches(tokenizer.Encode(text), batchSize: 16, model.Config.Context, seed)).ToArray();
        for (var step = 0; recorder.Tokens < tokens; step++)
        {
            foreach (var text in texts)
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                model.call(text.Take(step).Inputs);
            }
        }

        Directory.CreateDirectory(folder.Path);
        recorder.Save(folder.Calibration, folder.FoldedOrKept, cancellation);
        AnsiConsole.WriteLine($"Calibration of {recorder.Tokens:N0} characters for the build: {folder.Calibration}");
    }

    /// <summary>Measures every step that the run has a file of.</summary>
    public void Evaluate()
    {
        var steps = new List<(string, HeldOutLosses)>();
        using (var pretrained = ModelFile.LoadPretrained(folder.PretrainedOrKept))
        {
            steps.Add(("pretrained", Measure(pretrained)));
        }

        if (File.Exists(folder.Finetuned))
        {
            using var finetuned = ModelFile.LoadFinetuned(folder.Finetuned);
            steps.Add(("fine-tuned, adapter beside", Measure(finetuned)));
            finetuned.Fold();
            steps.Add(("folded", Measure(finetuned)));
        }

        Show(steps);
    }

    private HeldOutLosses Measure(CharTransformer model) => new(
        Loss.OnText(model, tokenizer.Encode(corpus.TempestHeldOut), model.Config.Context),
        Loss.OnText(model, tokenizer.Encode(corpus.ShrewHeldOut), model.Config.Context));

    private static void Show(IEnumerable<(string Step, HeldOutLosses Losses)> steps)
    {
        var table = new Table().AddColumn("nats per character on").AddColumn("The Tempest").AddColumn("The Shrew");
        foreach (var (step, losses) in steps)
        {
            table.AddRow(step, $"{losses.Tempest:F4}", $"{losses.Shrew:F4}");
        }

        AnsiConsole.Write(table);
    }
}
