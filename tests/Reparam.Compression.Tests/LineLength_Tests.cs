namespace Reparam.Compression.Tests;

/// <summary>Lines of hand-written code that are longer than 160 columns become fewer, never more.</summary>
public class LineLength_Tests
{
    private const int Columns = 160;

    // What is left. A change that brings the number down brings this down too.
    private const int Ceiling = 30;

    [Fact]
    public void Long_lines_become_fewer()
    {
        var counts = new[] { "src", "generators" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !IsMade(Path.GetRelativePath(Repository.Root, file)))
            .Select(file => (File: Path.GetRelativePath(Repository.Root, file), Count: File.ReadLines(file).Count(line => line.Length > Columns)))
            .Where(entry => entry.Count > 0)
            .OrderByDescending(entry => entry.Count)
            .ToList();

        var sum = counts.Sum(entry => entry.Count);
        var most = string.Join(", ", counts.Take(20).Select(entry => $"{entry.File}: {entry.Count}"));
        Assert.True(sum <= Ceiling, $"{sum} lines are longer than {Columns} columns, expected at most {Ceiling}: {most}");
        Assert.True(sum > Ceiling - 60, $"{sum} lines are longer than {Columns} columns: write that number into the ceiling, which is {Ceiling}");
    }

    // What the compiler and the build write.
    private static bool IsMade(string path) => path.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin");
}
