using System.CommandLine;
using StoryTeller;

var prompt = new Option<string>("--prompt", "-p") { Description = "How the story begins.", DefaultValueFactory = _ => "" };
var temperature = new Option<float>("--temperature", "-t")
{
    Description = "0 takes the likeliest token each time; higher is bolder.",
    DefaultValueFactory = _ => 0f,
};
var topP = new Option<float>("--top-p") { Description = "Draw from the likeliest tokens that have this share of the probability.", DefaultValueFactory = _ => 0.9f };
var seed = new Option<int>("--seed", "-s") { Description = "Seed of the draws: the same seed tells the same story.", DefaultValueFactory = _ => 42 };
var steps = new Option<int>("--steps", "-n") { Description = "Most tokens of the story.", DefaultValueFactory = _ => 256 };
var bits = new Option<int>("--bits", "-b") { Description = "Weights that tell the story: 32, 4, 3 or 2 bits.", DefaultValueFactory = _ => ModelFile.DefaultBits };
var noTable = new Option<bool>("--no-table") { Description = "Only the story, without the table of all weights." };

temperature.Validators.Add(result => Require(result, temperature, value => value is >= 0 and <= 100, "from 0 to 100"));
topP.Validators.Add(result => Require(result, topP, value => value is > 0 and <= 1, "above 0 and at most 1"));
steps.Validators.Add(result => Require(result, steps, value => value is >= 1 and <= 512, "from 1 to 512, the model's longest sequence"));
bits.Validators.Add(result => Require(result, bits, value => ModelFile.All.Any(file => file.Bits == value), "32, 4, 3 or 2"));

var command = new RootCommand("Tells a story with a language model whose weights were compressed by the build. No libtorch is in the process.")
{
    prompt, temperature, topP, seed, steps, bits, noTable,
};
// On a thread of its own: Ctrl-C is heard only once the action has given its task back.
command.SetAction((arguments, cancellation) => Task.Run(() => Storyteller.Run(
    new StoryOptions(
        arguments.GetRequiredValue(prompt), arguments.GetRequiredValue(temperature), arguments.GetRequiredValue(topP), arguments.GetRequiredValue(seed),
        arguments.GetRequiredValue(steps), arguments.GetRequiredValue(bits), !arguments.GetValue(noTable)),
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
