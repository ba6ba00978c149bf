using Reparam.Build.NativeRepair;
using Reparam.Build.Tests.NativeRepair;
using Reparam.Fuzz.Mutation;

namespace Reparam.Fuzz.Readers;

/// <summary>The tables of a native library that the build repairs.</summary>
internal sealed class ElfReader : FuzzReader
{
    public override string Name => "elf";

    public override string FileName => "library.so";

    public override IReadOnlyList<Seed> Seeds { get; } = [new("needs", new SyntheticElf().Image), new("does-not", new SyntheticElf(hasSymbol: false).Image)];

    public override Container Container { get; } = new WholeFile(isJson: false);

    public override IReadOnlyList<Type> Documented { get; } = [typeof(FormatException)];

    public override void Read(string path) => GlibcxxRepair.TryRepair(File.ReadAllBytes(path));
}
