using System.CommandLine;
using Reparam.Benchmarks.Survey;

namespace Reparam.Benchmarks.Commands;

/// <summary>Verb <c>survey</c>: which module classes of a folder compile with the product's marks alone, and what keeps the others from it.</summary>
internal static class SurveyCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("FOLDER")
        {
            Description = "Folder of C# sources. Each project file's folder, or each folder at the top, is one compilation.",
        };
        var edits = new Option<bool>("--edits") { Description = "Apply the product's code fixes first." };
        var list = new Option<bool>("--list") { Description = "Print each class with what keeps it from compiling." };
        var references = new Option<string[]>("--reference")
        {
            Description = "An assembly that the sources use, or a folder of them; may be given several times.",
            HelpName = "PATH",
        };
        var top = new Option<int>("--top") { Description = "Lines of the table of blockers.", DefaultValueFactory = _ => 40, HelpName = "N" };
        var command = new Command(
            "survey", "Marks every torch.nn.Module class below a folder and says which of them work, and what blocks the others. No file is changed.")
        {
            folder, edits, list, references, top,
        };
        command.SetAction((parsed, cancellation) => Task.Run(() => BenchErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            var path = parsed.GetRequiredValue(folder);
            if (!Directory.Exists(path))
            {
                throw BenchArguments.Invalid($"there is no folder '{path}'");
            }

            var metadata = SurveyReferences.With(parsed.GetValue(references) ?? []);
            var surveys = SurveyProject.In(path).Select(project => ProjectSurvey.Of(project, metadata, parsed.GetValue(edits), cancellation)).ToArray();
            SurveyText.Write(parsed.InvocationConfiguration.Output, surveys, parsed.GetValue(top));
            if (parsed.GetValue(list))
            {
                SurveyText.WriteList(parsed.InvocationConfiguration.Output, surveys);
            }
        })));
        return command;
    }
}
