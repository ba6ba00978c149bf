using System.CommandLine;
using SemanticSearch;

var query = new Argument<string>("QUERY") { Description = "What to look for, in plain words.", DefaultValueFactory = _ => "How is a damaged file noticed?" };
query.Validators.Add(result =>
{
    if (result.Tokens is [var given] && string.IsNullOrWhiteSpace(given.Value))
    {
        result.AddError("QUERY is empty; expected a question.");
    }
});

var files = new Option<string[]>("--files", "-f")
{
    Description = "Text files, or folders with .md and .txt files.",
    DefaultValueFactory = _ => [Path.Combine(AppContext.BaseDirectory, "docs")],
    AllowMultipleArgumentsPerToken = true,
};
var count = new Option<int>("--count", "-n") { Description = "Number of passages to show.", DefaultValueFactory = _ => 5 };
count.Validators.Add(result =>
{
    // The parser itself refuses what is no number.
    if (result.Tokens is [var given] && int.TryParse(given.Value, out var value) && value is < 1 or > 1000)
    {
        result.AddError("--count must be from 1 to 1000.");
    }
});

var command = new RootCommand("Finds the passages of text files that mean what a question means. The encoder runs from weights that the build compressed.")
{
    query, files, count,
};

// On a thread of its own: Ctrl-C is heard only once the action has given its task back.
command.SetAction((arguments, cancellation) => Task.Run(() => Search.Run(
    arguments.GetRequiredValue(query), arguments.GetRequiredValue(files), arguments.GetRequiredValue(count), cancellation)));
return await command.Parse(args).InvokeAsync();
