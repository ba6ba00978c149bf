using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace StoryTeller;

/// <summary>
/// Byte-pair tokenizer in the manner of SentencePiece: text becomes characters, and the neighbours whose joint piece scores highest
/// are merged until none is left. Characters without a piece fall back to their UTF-8 bytes.
/// </summary>
public sealed class Tokenizer
{
    /// <summary>Token that begins, and ends, every sequence.</summary>
    public const int BeginOfSequence = 1;

    private const int FirstByte = 3;
    private const int MaxPieceBytes = 256;

    private readonly byte[][] pieces;
    private readonly float[] scores;
    private readonly Dictionary<string, int> ids = new(StringComparer.Ordinal);

    private Tokenizer(byte[][] pieces, float[] scores)
    {
        this.pieces = pieces;
        this.scores = scores;
        for (var id = 0; id < pieces.Length; id++)
        {
            ids.TryAdd(Key(pieces[id]), id);
            if (ByteOf(pieces[id]) is { } value)
            {
                pieces[id] = [value];
            }
        }
    }

    /// <summary>Number of pieces.</summary>
    public int VocabularySize => pieces.Length;

    /// <summary>
    /// Reads a llama2.c tokenizer: int32 longest piece, then for each token float32 score, int32 length and that many bytes.
    /// </summary>
    /// <exception cref="InvalidDataException">The file is cut short or a length makes no sense.</exception>
    public static Tokenizer Load(string path)
    {
        ReadOnlySpan<byte> data = File.ReadAllBytes(path);
        var pieces = new List<byte[]>();
        var scores = new List<float>();
        var position = sizeof(int);
        while (position < data.Length)
        {
            if (data.Length - position < 8)
            {
                throw new InvalidDataException($"{path}: token {pieces.Count} is cut short.");
            }

            var length = BinaryPrimitives.ReadInt32LittleEndian(data[(position + 4)..]);
            if (length is < 0 or > MaxPieceBytes || length > data.Length - position - 8)
            {
                throw new InvalidDataException($"{path}: token {pieces.Count} has length {length}.");
            }

            scores.Add(BinaryPrimitives.ReadSingleLittleEndian(data[position..]));
            pieces.Add(data.Slice(position + 8, length).ToArray());
            position += 8 + length;
        }

        if (pieces.Count < FirstByte + 256)
        {
            throw new InvalidDataException($"{path}: {pieces.Count} tokens; a byte-fallback vocabulary has at least {FirstByte + 256}.");
        }

        return new Tokenizer([.. pieces], [.. scores]);
    }

    /// <summary>The tokens of a text, begin-of-sequence first. A non-empty text gets a leading space, as in training.</summary>
    public List<long> Encode(string text)
    {
        var tokens = new List<long> { BeginOfSequence };
        if (text.Length == 0)
        {
            return tokens;
        }

        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in (" " + text).EnumerateRunes())
        {
            var character = utf8[..rune.EncodeToUtf8(utf8)];
            if (ids.TryGetValue(Key(character), out var id))
            {
                tokens.Add(id);
                continue;
            }

            foreach (var value in character)
            {
                tokens.Add(FirstByte + value);
            }
        }

        while (TryMergeBestPair(tokens))
        {
        }

        return tokens;
    }

    /// <summary>The bytes that a token stands for. They may be a part of a UTF-8 character; begin-of-sequence stands for none.</summary>
    public ReadOnlySpan<byte> Decode(long token) => token <= 2 ? default : pieces[token];

    private bool TryMergeBestPair(List<long> tokens)
    {
        var bestScore = float.NegativeInfinity;
        var best = -1;
        var merged = 0;
        for (var i = 1; i + 1 < tokens.Count; i++)
        {
            if (ids.TryGetValue(Key(pieces[tokens[i]], pieces[tokens[i + 1]]), out var id) && scores[id] > bestScore)
            {
                (bestScore, best, merged) = (scores[id], i, id);
            }
        }

        if (best < 0)
        {
            return false;
        }

        tokens[best] = merged;
        tokens.RemoveAt(best + 1);
        return true;
    }

    // Pieces are bytes, not always whole characters: Latin-1 maps them one to one onto the characters of a dictionary key.
    private static string Key(ReadOnlySpan<byte> piece) => Encoding.Latin1.GetString(piece);

    private static string Key(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => string.Concat(Key(left), Key(right));

    /// <summary>The value of a byte token, written <c>&lt;0x0A&gt;</c> in the vocabulary.</summary>
    private static byte? ByteOf(ReadOnlySpan<byte> piece)
    {
        if (piece.Length != 6 || !piece.StartsWith("<0x"u8) || piece[5] != '>')
        {
            return null;
        }

        Span<byte> value = stackalloc byte[1];
        return Convert.FromHexString(piece.Slice(3, 2), value, out _, out _) == OperationStatus.Done ? value[0] : null;
    }
}
