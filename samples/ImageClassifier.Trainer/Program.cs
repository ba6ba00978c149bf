using System.CommandLine;
using ImageClassifier.Trainer;
using Reparam.Checkpoints;
using Reparam.Training;

var seed = new Option<int>("--seed") { Description = "Seed of weights and batches.", DefaultValueFactory = _ => 1 };
var epochs = Positive("--epochs", "Passes over the 8,000 training pictures.", 5);
var blocks = Positive("--blocks", "Blocks of each stage: n makes a network of 6n + 2 layers.", 1);
var output = new Option<string>("--output", "-o") 
{
    Description = "The checkpoint.", DefaultValueFactory = _ => Path.Combine("artifacts", "imageclassifier", "mnist.safetensors"), HelpName = "FILE",
};
var train = new Command("train", "Train a residual network on MNIST.") { epochs, blocks, seed, output };
train.SetAction((arguments, cancellation) => Act(() => Training.Run(
    arguments.GetRequiredValue(output), arguments.GetRequiredValue(blocks), arguments.GetRequiredValue(epochs), arguments.GetRequiredValue(seed),
    cancellation)));

var checkpoint = new Option<string?>("--checkpoint", "-c") 
{
    Description = "The weights, as 'train' or 'reparam import' wrote them. Without it: those of the sample.", HelpName = "FILE",
};
var images = new Option<string?>("--images") 
{
    Description = "Training photographs of 32 x 32 in a folder for each class. Without it: MNIST.", HelpName = "FOLDER",
};
var count = Positive("--count", "Pictures to record.", 1000);
var trials = Positive("--trials", "Pictures that tell how much each layer's coding changes the predictions.", 100);
var everywhere = new Option<bool>("--all-places") { Description = "Record what convolutions see at every place, not at a sample of them: to compare." };
var calibration = new Option<string?>("--output", "-o") { Description = "The calibration; by default beside the checkpoint.", HelpName = "FILE" };
var calibrate = new Command("calibrate", "Record what the layers see on training pictures, for the build to compress them by.")
{
    checkpoint, images, count, trials, everywhere, calibration,
};
calibrate.SetAction((arguments, cancellation) => Act(() => Calibration.Run(
    new CalibrationOptions(
        arguments.GetValue(checkpoint) ?? Path.Combine(AppContext.BaseDirectory, "mnist.safetensors"), arguments.GetValue(images),
        arguments.GetRequiredValue(count), arguments.GetRequiredValue(trials), arguments.GetValue(everywhere), arguments.GetValue(calibration)),
    cancellation)));

var root = new RootCommand("Trains ImageClassifier's network and calibrates one; then the build compresses it.") { train, calibrate };
return await root.Parse(args).InvokeAsync();

// On a thread of its own: Ctrl-C is heard only once the action has given its task back.
static Task<int> Act(Action action) => Task.Run(() =>
{
    try
    {
        action();
        return 0;
    }
    catch (OperationCanceledException)
    {
        return 130;
    }
    catch (Exception exception) when (exception is IOException or InvalidDataException or InvalidOperationException or UnauthorizedAccessException
        or ArgumentException or CheckpointException or CheckpointMismatchException)
    {
        Console.Error.WriteLine(exception.Message);
        return 1;
    }
});

static Option<int> Positive(string name, string description, int value)
{
    var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
    option.Validators.Add(result =>
    {
        // The parser itself refuses what is no number.
        if (result.Tokens is [var token] && int.TryParse(token.Value, out var given) && given < 1)
        {
            result.AddError($"{name} is {given}; it must be at least 1.");
        }
    });
    return option;
}
