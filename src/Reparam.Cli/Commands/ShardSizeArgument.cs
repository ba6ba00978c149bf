using System.CommandLine;
using Reparam.Build.Text;
using Reparam.Compression.Diagnostics;

namespace Reparam.Cli.Commands;

/// <summary>The option <c>--shard-size</c> of commands that write a checkpoint.</summary>
internal sealed class ShardSizeArgument
{
    public Option<string?> Option { get; } = new("--shard-size")
    {
        Description = "Write shards of at most SIZE bytes of data, such as 2GB, and an index: OUT-00001-of-0000N.safetensors and OUT.safetensors.index.json. "
            + "One file if it all fits into one.",
        HelpName = "SIZE",
    };

    /// <summary>The size; null where none is given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="file">The file that an error names.</param>
    /// <exception cref="CompressionException">It is no size.</exception>
    public long? Read(ParseResult parsed, string file)
    {
        try
        {
            return parsed.GetValue(Option) is { } size ? ByteSize.Parse(size) : null;
        }
        catch (ArgumentException exception)
        {
            throw new CompressionException(file, CompressionDiagnostics.InvalidOption.With(exception.Message));
        }
    }
}
