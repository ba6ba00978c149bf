using System.CommandLine;
using Reparam.Checkpoints;
using Reparam.Training;
using StoryTeller;
using StoryTeller.Trainer;
using TorchSharp;

var sequences = Positive("--sequences", "Sequences of the text that calibrates.", 128);
var length = Positive("--length", "Tokens of a sequence, at most 512.", 256);

var seed = new Option<int>("--seed", "-s") { Description = "Seed of the text, or of the first of several.", DefaultValueFactory = _ => 1 };
var output = new Option<string>("--output", "-o") { Description = "Folder of the calibration files.", DefaultValueFactory = _ => Path.Combine("artifacts", "storyteller") };
var calibrate = new Command("calibrate", "Calibrate on text that the model writes itself: the files that the app's build reads.") { sequences, length, seed, output };
calibrate.SetAction((arguments, cancellation) => Act(arguments, cancellation, commands => commands.Calibrate(arguments.GetRequiredValue(output), arguments.GetRequiredValue(seed))));

var seeds = Positive("--seeds", "Texts to calibrate on, one after the other.", 3);
var evaluate = new Command("evaluate", "Measure every way to code on stories that the model did not write. Minutes.") { sequences, length, seed, seeds };
evaluate.SetAction((arguments, cancellation) => Act(arguments, cancellation, commands => commands.Evaluate(
    [.. Enumerable.Range(arguments.GetRequiredValue(seed), arguments.GetRequiredValue(seeds))], Tokenizer.Load(Asset("tok512.bin")), File.ReadAllText(Asset("tinystories.txt")))));

var root = new RootCommand("Calibrates StoryTeller: the model writes a text, and the text shows what its layers see and which of them matter.") { calibrate, evaluate };
// The tensors are tiny: a second thread would only wait for the first.
torch.set_num_threads(1);
return await root.Parse(args).InvokeAsync();

// On a thread of its own: Ctrl-C is heard only once the action has given its task back.
Task<int> Act(ParseResult arguments, CancellationToken cancellation, Action<Commands> action) => Task.Run(() =>
{
    try
    {
        action(new Commands(Asset("stories260k.safetensors"), new TextSize(arguments.GetRequiredValue(sequences), arguments.GetRequiredValue(length)), cancellation));
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

static string Asset(string name) => Path.Combine(AppContext.BaseDirectory, name);

static Option<int> Positive(string name, string description, int value)
{
    var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
    option.Validators.Add(result =>
    {
        // The parser itself refuses what is no number.
        if (result.Tokens is [var token] && int.TryParse(token.Value, out var given) && given <= 0)
        {
            result.AddError($"{name} is {given}; it must be positive.");
        }
    });
    return option;
}
