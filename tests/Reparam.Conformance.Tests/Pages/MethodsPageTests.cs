using System.Runtime.CompilerServices;

namespace Reparam.Conformance.Tests.Pages;

/// <summary>docs/methods/README.md says what the code says.</summary>
public class MethodsPageTests
{
    [Fact]
    public void The_matrix_of_methods_is_what_the_code_says()
    {
        var folder = Folder();
        var page = Path.Combine(folder, "README.md");
        var pages = Directory.GetFiles(folder, "*.md").Select(file => Path.GetFileName(file)).Where(name => name != "README.md");
        var text = MethodsPage.Text([.. pages.Order(StringComparer.Ordinal)]);
        if (Environment.GetEnvironmentVariable("REPARAM_UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(page, text);
        }

        Assert.True(
            File.Exists(page) && File.ReadAllText(page) == text,
            $"{page} is not what the code says. Write it anew: REPARAM_UPDATE_SNAPSHOTS=1 dotnet test tests/Reparam.Conformance.Tests --filter MethodsPage");
    }

    private static string Folder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "methods"));
}
