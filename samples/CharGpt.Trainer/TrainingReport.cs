using Spectre.Console;

namespace CharGpt.Trainer;

/// <summary>A progress bar on a terminal; elsewhere a line for each evaluation.</summary>
public static class TrainingReport
{
    /// <summary>Runs <paramref name="training"/> with a report on the console.</summary>
    public static T Show<T>(string title, TrainingProgress progress, Func<ITrainingReport, T> training)
    {
        if (Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Ansi)
        {
            return training(new Lines(progress.Steps));
        }

        return AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask(title, maxValue: progress.Steps);
                task.Value = progress.Step;
                return training(new Bar(title, task));
            });
    }

    private sealed class Bar(string title, ProgressTask task) : ITrainingReport
    {
        private string heldOut = "";

        public void Step(int step, double loss)
        {
            task.Value = step;
            if (!double.IsNaN(loss))
            {
                task.Description = $"{title}  loss {loss:F3}{heldOut}";
            }
        }

        public void Evaluated(int step, double heldOutLoss, bool best) => heldOut = $"  held out {heldOutLoss:F3}";
    }

    private sealed class Lines(int steps) : ITrainingReport
    {
        private double lastLoss = double.NaN;

        public void Step(int step, double loss) => lastLoss = double.IsNaN(loss) ? lastLoss : loss;

        public void Evaluated(int step, double heldOutLoss, bool best) =>
            Console.WriteLine($"step {step,5} of {steps}   loss {lastLoss:F3}   held out {heldOutLoss:F3}{(best ? "   best so far" : "")}");
    }
}
