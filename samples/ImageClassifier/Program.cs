using System.CommandLine;
using ImageClassifier;

var images = new Option<string?>("--images") 
{
    Description = "Photographs of 32 x 32 in a folder for each class, for a network that the build imported (-p:ResNet=FILE.th). Without it: digits of MNIST.",
    HelpName = "FOLDER",
};
var limit = new Option<int>("--limit") { Description = "Classify so many pictures at most.", DefaultValueFactory = _ => 10_000 };
var grid = new Option<string>("--grid") 
{
    Description = "Where to write the picture of the predictions.", DefaultValueFactory = _ => "predictions.png", HelpName = "FILE.png",
};
var count = new Option<int>("--count") { Description = "Pictures in it.", DefaultValueFactory = _ => 60 };
var bits = new Option<string>("--bits") { Description = "Weights whose predictions it shows.", DefaultValueFactory = _ => "4" };

limit.Validators.Add(result => Require(result, limit, value => value >= 1, "at least 1"));
bits.Validators.Add(result => Require(result, bits, value => ModelFile.Of("").Any(file => file.Bits == value), "32, 4, 3 or 2.5"));
count.Validators.Add(result => Require(result, count, value => value is >= 1 and <= 1000, "from 1 to 1000"));

var command = new RootCommand("Classifies pictures with a convolutional network whose weights were compressed by the build. No libtorch is in the process.")
{
    images, limit, grid, count, bits,
};
// On a thread of its own: Ctrl-C is heard only once the action has given its task back.
command.SetAction((arguments, cancellation) => Task.Run(() => ClassifierApp.Run(
    new ClassifierOptions(
        arguments.GetValue(images), arguments.GetRequiredValue(limit), arguments.GetRequiredValue(grid), arguments.GetRequiredValue(count),
        arguments.GetRequiredValue(bits)),
    cancellation)));
return await command.Parse(args).InvokeAsync();

static void Require<T>(System.CommandLine.Parsing.OptionResult result, Option<T> option, Func<T, bool> isAllowed, string allowed)
    where T : IParsable<T>
{
    // The parser itself refuses what is no value of the type.
    if (result.Tokens is [var given] && T.TryParse(given.Value, null, out var value) && !isAllowed(value))
    {
        result.AddError($"{option.Name} is {value}; it must be {allowed}.");
    }
}
