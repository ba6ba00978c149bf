namespace Reparam.Compression.Tests;

/// <summary>No line of hand-written code is longer than 160 columns.</summary>
public class LineLength_Tests
{
    private const int Columns = 160;

    [Fact]
    public void No_line_is_long()
    {
        var lines = new[] { "src", "generators" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Where(file => !IsMade(file))
            .SelectMany(file => File.ReadLines(Path.Combine(Repository.Root, file))
                .Select((line, index) => (Place: $"{file}({index + 1}): {line.Length}", line.Length)))
            .Where(line => line.Length > Columns)
            .Select(line => line.Place);

        Assert.Empty(lines);
    }

    // What the compiler and the build write.
    private static bool IsMade(string path) => path.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin");
}
