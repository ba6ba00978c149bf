using System.CommandLine;
using CharGpt;

var prompt = new Option<string>("--prompt", "-p") { Description = "How the text begins.", DefaultValueFactory = _ => "PETRUCHIO:\n" };
var length = new Option<int>("--length", "-n") { Description = "Characters to write.", DefaultValueFactory = _ => 400 };
var temperature = new Option<float>("--temperature", "-t") { Description = "0 takes the likeliest character each time; higher is bolder.", DefaultValueFactory = _ => 0.7f };
var seed = new Option<int>("--seed", "-s") { Description = "Seed of the draws: the same seed writes the same text.", DefaultValueFactory = _ => 1 };
var noTable = new Option<bool>("--no-table") { Description = "Only the text, without the table of losses." };

length.Validators.Add(result =>
{
    // The parser itself refuses what is no number.
    if (result.Tokens is [var given] && int.TryParse(given.Value, out var value) && value is < 1 or > 100_000)
    {
        result.AddError("--length must be from 1 to 100000.");
    }
});
temperature.Validators.Add(result =>
{
    if (result.Tokens is [var given] && float.TryParse(given.Value, out var value) && value is not (>= 0 and <= 100))
    {
        result.AddError("--temperature must be from 0 to 100.");
    }
});

var command = new RootCommand("Writes in the manner of Shakespeare with a model that was trained here, fine-tuned, folded, and compressed by the build.")
{
    prompt, length, temperature, seed, noTable,
};
// On a thread of its own: Ctrl-C is heard only once the action has given its task back.
command.SetAction((arguments, cancellation) => Task.Run(() => CharGptApp.Run(
    new WritingOptions(
        arguments.GetRequiredValue(prompt), arguments.GetRequiredValue(length), arguments.GetRequiredValue(temperature), arguments.GetRequiredValue(seed),
        !arguments.GetValue(noTable)),
    cancellation)));
return await command.Parse(args).InvokeAsync();
