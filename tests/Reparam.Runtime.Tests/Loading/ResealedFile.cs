using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Runtime.Tests.Loading;

/// <summary>Files that were changed on purpose: their checksums fit, so that something else has to refuse them.</summary>
internal static class ResealedFile
{
    /// <summary>Changes a file and computes its checksums anew.</summary>
    /// <param name="path">The file.</param>
    /// <param name="exchange">The tensor whose bytes a tensor gets.</param>
    /// <param name="change">Changes the bytes by tensor.</param>
    public static void Change(string path, Func<string, string> exchange, Action<Dictionary<string, byte[]>> change)
    {
        var writer = new SafetensorsWriter { HasChecksums = true };
        using (var good = SafetensorsFile.Open(path))
        {
            var contents = good.Names.ToDictionary(name => name, name => good.Bytes(exchange(name)).ToArray());
            change(contents);
            foreach (var name in good.Names)
            {
                writer.Add(name, good.Info(name).DType, good.Info(name).Shape.AsSpan(), contents[name]);
            }

            foreach (var (key, value) in good.Metadata)
            {
                writer.SetMetadata(key, value);
            }
        }

        writer.Write(path);
    }
}
