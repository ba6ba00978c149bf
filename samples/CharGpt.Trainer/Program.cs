using System.CommandLine;
using CharGpt;
using CharGpt.Trainer;
using Reparam.Checkpoints;
using Reparam.Training;

var run = new Option<string>("--run", "-r") { Description = "Folder of the run's files.", DefaultValueFactory = _ => Path.Combine("artifacts", "chargpt"), Recursive = true };
var seed = new Option<int>("--seed", "-s") { Description = "Seed of weights and batches.", DefaultValueFactory = _ => 1 };
var timeLimit = new Option<double>("--time-limit") { Description = "Pause after so many seconds; the same command goes on from there.", DefaultValueFactory = _ => 80 };
var fresh = new Option<bool>("--fresh") { Description = "Forget what earlier calls did." };

var trainSteps = Positive<int>("--steps", "Optimizer steps in all.", 3000);
var trainBatch = Positive<int>("--batch-size", "Windows a step.", 16);
var trainRate = Positive<double>("--learning-rate", "Peak learning rate.", 2e-3);
var train = new Command("train", "Pretrain on the first nine tenths of tiny Shakespeare.") { trainSteps, trainBatch, trainRate, seed, timeLimit, fresh };
train.SetAction((arguments, cancellation) => Act(arguments, commands => commands.Train(
    CharGptConfig.Small(commands.Alphabet),
    new TrainingOptions(
        arguments.GetRequiredValue(trainSteps), arguments.GetRequiredValue(trainBatch), arguments.GetRequiredValue(trainRate), arguments.GetRequiredValue(seed),
        EvaluateEvery: 200, Patience: 6, TimeSpan.FromSeconds(arguments.GetRequiredValue(timeLimit))),
    arguments.GetValue(fresh), cancellation)));

var tuneSteps = Positive<int>("--steps", "Optimizer steps in all.", 150);
var tuneBatch = Positive<int>("--batch-size", "Windows a step.", 16);
var tuneRate = Positive<double>("--learning-rate", "Peak learning rate.", 2e-3);
var finetune = new Command("finetune", "Fine-tune low-rank adapters on The Taming of the Shrew.") { tuneSteps, tuneBatch, tuneRate, seed, timeLimit, fresh };
finetune.SetAction((arguments, cancellation) => Act(arguments, commands => commands.Finetune(
    new TrainingOptions(
        arguments.GetRequiredValue(tuneSteps), arguments.GetRequiredValue(tuneBatch), arguments.GetRequiredValue(tuneRate), arguments.GetRequiredValue(seed),
        EvaluateEvery: 25, Patience: 4, TimeSpan.FromSeconds(arguments.GetRequiredValue(timeLimit))),
    arguments.GetValue(fresh), cancellation)));

var fold = new Command("fold", "Fold maps and adapters into plain dense weights for the build.");
fold.SetAction((arguments, _) => Act(arguments, commands => commands.Fold()));

var tokens = Positive<int>("--tokens", "Characters to run.", 262_144);
var calibrate = new Command("calibrate", "Record what the layers see on the training text, for the build to compress them by.") { tokens, seed };
calibrate.SetAction((arguments, cancellation) => Act(arguments, commands => commands.Calibrate(
    arguments.GetRequiredValue(tokens), arguments.GetRequiredValue(seed), cancellation)));

var evaluate = new Command("evaluate", "Measure the loss after every step that the run has a file of.");
evaluate.SetAction((arguments, _) => Act(arguments, commands => commands.Evaluate()));

var root = new RootCommand("Trains CharGpt: train, finetune, fold, calibrate; then the build compresses what fold wrote.") { train, finetune, fold, calibrate, evaluate };
root.Options.Add(run);
// A step and the writing of its files may take a while on a busy machine.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });

// On a thread of its own: Ctrl-C is heard only once the action has given its task back.
Task<int> Act(ParseResult arguments, Action<Commands> action) => Task.Run(() =>
{
    try
    {
        var corpus = Corpus.Load(Path.Combine(AppContext.BaseDirectory, "tinyshakespeare.txt.gz"));
        action(new Commands(new RunFolder(arguments.GetRequiredValue(run)), corpus));
        return 0;
    }
    catch (OperationCanceledException)
    {
        return 130;
    }
    catch (Exception exception) when (exception is IOException or InvalidDataException or InvalidOperationException or UnauthorizedAccessException or ArgumentException
        or CheckpointException or CheckpointMismatchException)
    {
        Console.Error.WriteLine(exception.Message);
        return 1;
    }
});

static Option<T> Positive<T>(string name, string description, T value)
    where T : System.Numerics.INumber<T>
{
    var option = new Option<T>(name) { Description = description, DefaultValueFactory = _ => value };
    option.Validators.Add(result =>
    {
        // The parser itself refuses what is no number.
        if (result.Tokens is [var token] && T.TryParse(token.Value, null, out var given) && given <= T.Zero)
        {
            result.AddError($"{name} is {given}; it must be positive.");
        }
    });
    return option;
}
