using Reparam.Training;
using Spectre.Console;
using TorchSharp;
using static TorchSharp.torch;

namespace CharGpt.Trainer;

/// <summary>One training with its two files, from wherever an earlier session left it.</summary>
/// <param name="title">What people call it.</param>
/// <param name="model">The model as it is before the first step; its parameters that take a gradient are trained.</param>
/// <param name="options">How long, how fast.</param>
/// <param name="bestPath">Gets the best weights.</param>
/// <param name="statePath">Gets what the next session needs to go on.</param>
public sealed class TrainingSession(string title, CharTransformer model, TrainingOptions options, string bestPath, string statePath)
{
    private const double WeightDecay = 0.1;
    private const double Beta2 = 0.99;

    /// <summary>Trains to the end, or to the next pause.</summary>
    /// <param name="tokens">What the model learns from.</param>
    /// <param name="heldOut">What it is judged by.</param>
    /// <param name="fresh">Forgets earlier sessions.</param>
    /// <param name="cancellation">Pauses after the current step.</param>
    /// <param name="report">Told of every step; null shows it on the console.</param>
    /// <exception cref="InvalidDataException">The state file belongs to another training.</exception>
    public TrainingProgress Run(long[] tokens, long[] heldOut, bool fresh, CancellationToken cancellation, ITrainingReport? report = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(statePath))!);
        using var optimizer = optim.AdamW(model.ReparamParameterGroups(WeightDecay, options.LearningRate).ForAdamW(beta2: Beta2));
        var progress = TrainingProgress.Start(options);
        if (!fresh && File.Exists(statePath))
        {
            progress = TrainingState.Load(statePath, model, optimizer).RequireSame(options, statePath);
        }

        var loop = new TrainingLoop(model, optimizer, new Batches(tokens, options.BatchSize, model.Config.Context, options.Seed), heldOut, options);
        if (loop.IsFinished(progress))
        {
            AnsiConsole.WriteLine($"The {title} is finished: {progress.Step} steps, held-out loss {progress.BestLoss:F4}. --fresh starts anew.");
            return progress;
        }

        AnsiConsole.WriteLine(progress.Step == 0
            ? $"{title}: {model.parameters().Where(parameter => parameter.requires_grad).Sum(parameter => parameter.numel()):N0} trained parameters, {tokens.Length:N0} characters"
            : $"{title}: goes on after step {progress.Step} of {progress.Steps}");
        progress = report is null ? TrainingReport.Show(title, progress, Train) : Train(report);
        AnsiConsole.WriteLine(loop.IsFinished(progress)
            ? $"Finished after {progress.Step} steps: held-out loss {progress.BestLoss:F4}, best weights in {bestPath}"
            : $"Paused after step {progress.Step} of {progress.Steps}. The same command goes on from there.");
        return progress;

        TrainingProgress Train(ITrainingReport listener) => loop.Run(
            progress, listener, () => ModelFile.Save(bestPath, model), reached => TrainingState.Save(statePath, model, optimizer, reached), cancellation);
    }
}
