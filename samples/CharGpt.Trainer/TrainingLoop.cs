using System.Diagnostics;
using Reparam.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CharGpt.Trainer;

/// <summary>Steps, evaluations, files. Every evaluation and every pause leaves all that is needed to go on.</summary>
/// <param name="model">The model.</param>
/// <param name="optimizer">Its optimizer.</param>
/// <param name="batches">What it learns from.</param>
/// <param name="heldOut">What it is judged by.</param>
/// <param name="options">How long, how fast.</param>
public sealed class TrainingLoop(CharTransformer model, OptimizerHelper optimizer, Batches batches, long[] heldOut, TrainingOptions options)
{
    private const double LargestGradientNorm = 1;

    /// <summary>Trains until the last step, until it no longer gets better, until the time is up or the user cancels.</summary>
    /// <param name="progress">Where to go on.</param>
    /// <param name="report">Told of every step.</param>
    /// <param name="saveBest">Keeps weights that are better than all before.</param>
    /// <param name="saveState">Keeps what is needed to go on.</param>
    /// <param name="cancellation">Pauses after the current step.</param>
    /// <exception cref="InvalidOperationException">The loss is no longer finite.</exception>
    public TrainingProgress Run(
        TrainingProgress progress, ITrainingReport report, Action saveBest, Action<TrainingProgress> saveState, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        while (!IsFinished(progress))
        {
            var loss = Step(progress.Step);
            progress = progress with { Step = progress.Step + 1 };
            report.Step(progress.Step, loss);

            var evaluate = progress.Step % options.EvaluateEvery == 0 || progress.Step == options.Steps;
            var pause = cancellation.IsCancellationRequested || watch.Elapsed > options.TimeLimit;
            if (evaluate)
            {
                progress = Evaluate(progress, report, saveBest);
            }

            if (evaluate || pause)
            {
                saveState(progress);
            }

            if (pause)
            {
                break;
            }
        }

        return progress;
    }

    /// <summary>Whether no step is left, or the held-out loss stopped getting better.</summary>
    public bool IsFinished(TrainingProgress progress) =>
        progress.Step >= options.Steps || progress.EvaluationsSinceBest >= options.Patience;

    private double Step(int step)
    {
        using var scope = NewDisposeScope();
        foreach (var group in optimizer.ParamGroups)
        {
            group.LearningRate = group.InitialLearningRate * options.ScheduleAt(step);
        }

        model.train();
        var (inputs, targets) = batches.Take(step);
        var loss = Loss.Of(model.call(inputs), targets);
        optimizer.zero_grad();
        loss.backward();
        torch.nn.utils.clip_grad_norm_(model.parameters().Where(parameter => parameter.requires_grad), LargestGradientNorm);
        optimizer.step();
        model.AfterOptimizerStep();

        var value = loss.item<float>();
        return float.IsFinite(value)
            ? value
            : throw new InvalidOperationException($"The loss is {value} at step {step + 1}: try a lower --learning-rate.");
    }

    private TrainingProgress Evaluate(TrainingProgress progress, ITrainingReport report, Action saveBest)
    {
        var loss = Loss.OnText(model, heldOut, model.Config.Context);
        var best = loss < progress.BestLoss;
        report.Evaluated(progress.Step, loss, best);
        if (best)
        {
            saveBest();
        }

        return best
            ? progress with { BestLoss = loss, EvaluationsSinceBest = 0 }
            : progress with { EvaluationsSinceBest = progress.EvaluationsSinceBest + 1 };
    }
}
