using Reparam.Checkpoints.Safetensors;
using Reparam.Cli.Commands;

namespace Reparam.Cli.Tests;

/// <summary>A folder with a dense checkpoint, and the command that codes it.</summary>
public abstract class CompressFixture : IDisposable
{
    private protected string Folder { get; } = Directory.CreateTempSubdirectory("reparam-cli-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private protected CommandRun Compress(params string[] arguments) =>
        CommandRun.Of(CompressCommand.Create(), [In("d.safetensors"), "-o", In("p.safetensors"), "--method", "shiftadd", .. arguments]);

    private protected void OnlyTheInputIsLeft() => Assert.Equal([In("d.safetensors")], Directory.GetFileSystemEntries(Folder));

    private protected void WriteDense(bool hasNonFinite = false)
    {
        var conv = Weights(6 * 5 * 3 * 3, 1);
        var fc = Weights(40 * 50, 2);
        if (hasNonFinite)
        {
            conv[7] = float.NaN;
            fc[^1] = float.PositiveInfinity;
        }

        var writer = new SafetensorsWriter();
        writer.Add<float>("conv.weight", [6, 5, 3, 3], conv);
        writer.Add<float>("fc.weight", [40, 50], fc);
        writer.Add<Half>("half.weight", [10, 33], Weights(330, 3).Select(w => (Half)w).ToArray());
        writer.Add<float>("fc.bias", [40], Weights(40, 4));
        writer.Add<long>("ids", [2, 2], new long[] { 1, 2, 3, 4 });
        writer.Add<float>("empty", [0, 4], Array.Empty<float>());
        writer.SetMetadata("note", "kept");
        writer.Write(In("d.safetensors"));
    }

    private protected static float[] Weights(int number, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, number).Select(_ => (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5))];
    }

    private protected static double RelativeError(float[] weights, float[] decoded) =>
        Math.Sqrt(weights.Zip(decoded, (w, q) => ((double)w - q) * ((double)w - q)).Sum() / weights.Sum(w => (double)w * w));

    private protected string In(string name) => Path.Combine(Folder, name);
}
