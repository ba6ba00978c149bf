using System.Reflection;
using System.Text.RegularExpressions;

namespace Reparam.Cli.Tests;

/// <summary>One method is one folder in each room and one line in one list: no other code names it.</summary>
public sealed partial class MethodFolderTests
{
    private static readonly string Root = typeof(MethodFolderTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(entry => entry.Key == "RepositoryRoot").Value!;

    [Fact]
    public void ShiftAdd_is_named_in_its_folders_and_in_the_list_of_methods_alone()
    {
        string[] rooms = ["src", "generators"];
        string[] files = [.. rooms.SelectMany(room => Directory.EnumerateFiles(Path.Combine(Root, room), "*.cs", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/')).Where(file => !BuildFolder().IsMatch(file))];
        Assert.Contains(files, file => file.Contains("/ShiftAdd/", StringComparison.Ordinal));
        var others = files.Where(file => !file.Contains("/ShiftAdd/", StringComparison.Ordinal));
        var naming = others.Where(file => Name().IsMatch(CodeOf(File.ReadAllText(Path.Combine(Root, file)))));
        Assert.Equal(["src/Reparam.Compression/Methods/PostTrainingMethods.cs"], naming);
    }

    [Theory]
    [InlineData("using Reparam.Compression.ShiftAdd;", true)]
    [InlineData("var x = ShiftAddCoder.Encode(); // a comment", true)]
    [InlineData("// ShiftAddCoder.Encode()", false)]
    [InlineData("/// <see cref=\"ShiftAddAttribute\"/>", false)]
    [InlineData("throw new X(\"such as [ShiftAdd]\");", false)]
    public void Comments_and_texts_do_not_count(string code, bool counts) => Assert.Equal(counts, Name().IsMatch(CodeOf(code)));

    private static string CodeOf(string source) => TextOrComment().Replace(source, " ");

    [GeneratedRegex("//[^\r\n]*|\"(?:\\\\.|[^\"\\\\\r\n])*\"")]
    private static partial Regex TextOrComment();

    [GeneratedRegex(@"\bShiftAdd")]
    private static partial Regex Name();

    [GeneratedRegex("(^|/)(obj|bin)/")]
    private static partial Regex BuildFolder();
}
