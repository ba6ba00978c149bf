using Reparam.Fuzz.Mutation;

namespace Reparam.Fuzz.Tests;

/// <summary>A reader with a fault: it cannot bear a file without a first byte of 'a'.</summary>
internal sealed class BrokenReader : FuzzReader
{
    public override string Name => "broken";

    public override string FileName => "file";

    public override IReadOnlyList<Seed> Seeds { get; } = [new("a", [.. "abcdef"u8])];

    public override Container Container { get; } = new WholeFile(isJson: false);

    public override IReadOnlyList<Type> Documented { get; } = [typeof(FormatException)];

    public override void Read(string path)
    {
        if (File.ReadAllBytes(path) is not [(byte)'a', ..])
        {
            throw new NullReferenceException();
        }
    }
}
