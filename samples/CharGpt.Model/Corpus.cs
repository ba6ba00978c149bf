using System.IO.Compression;
using System.Text;

namespace CharGpt;

/// <summary>
/// Tiny Shakespeare, split so that no step is judged by a text it learned from: the first nine tenths pretrain; of the rest, which opens in
/// the middle of The Taming of the Shrew, most of that play fine-tunes and its end is held out; The Tempest, to which it leads over, is held out too.
/// </summary>
public sealed class Corpus
{
    private const string TempestBegins = "MIRANDA:\nIf by your art";
    private const double PretrainingShare = 0.9;
    private const double ShrewTrainingShare = 0.8;

    private Corpus(string text)
    {
        Alphabet = string.Concat(text.Distinct().Order());
        var shrew = (int)(text.Length * PretrainingShare);
        var tempest = text.IndexOf(TempestBegins, StringComparison.Ordinal);
        if (tempest < shrew)
        {
            throw new InvalidDataException("The text is not tiny Shakespeare: The Tempest does not begin in its last tenth.");
        }

        var shrewHeldOut = shrew + (int)((tempest - shrew) * ShrewTrainingShare);
        Pretraining = text[..shrew];
        ShrewTraining = text[shrew..shrewHeldOut];
        ShrewHeldOut = text[shrewHeldOut..tempest];
        TempestHeldOut = text[tempest..];
    }

    /// <summary>Every character that occurs, in order of code.</summary>
    public string Alphabet { get; }

    /// <summary>The first nine tenths.</summary>
    public string Pretraining { get; }

    /// <summary>The part of The Taming of the Shrew that fine-tuning learns from.</summary>
    public string ShrewTraining { get; }

    /// <summary>The end of The Taming of the Shrew: how well fine-tuning worked.</summary>
    public string ShrewHeldOut { get; }

    /// <summary>The Tempest: how well pretraining worked, and what fine-tuning forgot.</summary>
    public string TempestHeldOut { get; }

    /// <summary>Reads the gzipped text.</summary>
    /// <exception cref="InvalidDataException">The file is not gzip, or its text is another.</exception>
    public static Corpus Load(string path)
    {
        using var file = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        using var reader = new StreamReader(file, Encoding.UTF8);
        return new Corpus(reader.ReadToEnd());
    }
}
