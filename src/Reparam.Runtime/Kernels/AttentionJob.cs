using System.Numerics.Tensors;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Kernels;

/// <summary>
/// softmax(scale·q·kᵀ + mask)·v, one block of query rows after the other: scores, weights and mix of a block stay in the first caches, and nothing
/// of the size queries × keys is ever made. Long ones run on all threads; the result does not depend on their number.
/// </summary>
internal sealed unsafe class AttentionJob : PieceJob
{
    private const int Lanes = 8;
    private const int BlockRows = 16;
    private const int BlockScores = 1 << 15;

    // Rows that share transposed keys.
    private const int TileRows = 64;
    private const int LineBytes = 64;
    private const int LineFloats = LineBytes / sizeof(float);

    // Keys, or values, that all rows of a block read while they are in the first cache.
    private const int KeyBlock = 64;

    private const int PiecesOfThread = 3;

    // More keys and values than this are likely to come from memory.
    private const int FarAwayFloats = 1 << 14;

    [ThreadStatic]
    private static AttentionJob? local;

    private int blocks;
    private int blockTokens;
    private int group;
    private bool isFarAway;
    private bool hasTiles;

    // Scores of one query, filled up to whole vectors; the factor of its weights is the last element of one vector more.
    private int scoreRow;

    /// <summary>The calling thread's job, to be filled and run.</summary>
    public static AttentionJob Local => local ??= new AttentionJob();

    /// <summary>Query row of token i and sharer g of a matrix: <c>Query + matrix + i·QueryToken + g·QueryHead</c>; its elements are neighbours.</summary>
    public float* Query { get; set; }

    public nint QueryToken { get; set; }

    public nint QueryHead { get; set; }

    public float* Keys { get; set; }

    public nint KeyRow { get; set; }

    public float* Values { get; set; }

    public nint ValueRow { get; set; }

    public float* Output { get; set; }

    public nint OutputToken { get; set; }

    public nint OutputHead { get; set; }

    /// <summary>Numbers added to the scores, or null.</summary>
    public float* AddedMask { get; set; }

    /// <summary>True where attention is allowed, or null.</summary>
    public bool* AllowedMask { get; set; }

    public nint MaskToken { get; set; }

    public nint MaskKey { get; set; }

    /// <summary>Number of query tokens.</summary>
    public int Tokens { get; set; }

    /// <summary>Query heads that share one matrix of keys.</summary>
    public int Sharers { get; set; }

    /// <summary>Number of keys.</summary>
    public int Total { get; set; }

    /// <summary>Length of a query and of a key.</summary>
    public int KeyWidth { get; set; }

    /// <summary>Length of a value.</summary>
    public int ValueWidth { get; set; }

    /// <summary>Token i sees the first <c>Visible + i</c> keys.</summary>
    public int Visible { get; set; }

    public float Scale { get; set; }

    /// <summary>The matrices of keys: where each begins in the operands.</summary>
    public MatrixOffsets Matrices { get; } = new();

    /// <summary>Runs the whole of it.</summary>
    public void Run()
    {
        var matrices = Matrices.Count;
        if (matrices == 0 || Tokens == 0 || Sharers == 0)
        {
            return;
        }

        // The transposed keys of a matrix serve all that see them.
        hasTiles = Sharers == 1 && Visible >= Total && AttentionTile.Suits(Tokens, Total, KeyWidth, ValueWidth);
        blockTokens = Math.Max(1, Math.Min(hasTiles ? TileRows : BlockRows, BlockScores / Math.Max(1, Total)) / Sharers);
        blocks = (Tokens + blockTokens - 1) / blockTokens;
        scoreRow = (hasTiles ? AttentionTile.PaddedKeys(Total) : (Total + Lanes - 1) & ~(Lanes - 1)) + Lanes;

        // Keys and values are read as weights are, once for each query row.
        var work = sizeof(float) * (long)matrices * Tokens * Sharers * Total * (KeyWidth + ValueWidth);
        var alone = work < WorkerPool.MinWork;

        // Few rows of one matrix wait for each other's last steps; those of several fill the time.
        var most = blocks > 1 ? 1 : Math.Max(1, blockTokens / Tokens);
        group = alone ? most : Math.Clamp(matrices / (PiecesOfThread * WorkerPool.Shared.Threads), 1, most);
        isFarAway = blocks == 1 && (long)matrices * Total * (KeyWidth + ValueWidth) >= FarAwayFloats;
        var pieces = (matrices + group - 1) / group * blocks;
        if (alone)
        {
            for (var piece = 0; piece < pieces; piece++)
            {
                Run(piece);
            }
        }
        else
        {
            Begin(pieces);
            WorkerPool.Shared.Run(this, work);
        }
    }

    /// <inheritdoc/>
    protected override void Run(int piece)
    {
        var (set, block) = blocks == 1 ? (piece, 0) : Math.DivRem(piece, blocks);
        var firstMatrix = set * group;
        var matrices = Math.Min(group, Matrices.Count - firstMatrix);
        var first = block * blockTokens;
        var tokens = Math.Min(blockTokens, Tokens - first);
        if (hasTiles)
        {
            for (var matrix = firstMatrix; matrix < firstMatrix + matrices; matrix++)
            {
                RunTiles(Matrices.Of(matrix), first, tokens);
            }

            return;
        }

        var matrixScores = tokens * Sharers * scoreRow;
        fixed (float* scores = Scratch.Scores(matrices * matrixScores))
        {
            for (var matrix = 0; matrix < matrices; matrix++)
            {
                var starts = Matrices.Of(firstMatrix + matrix);
                for (var start = 0; start < Total; start += KeyBlock)
                {
                    if (isFarAway)
                    {
                        var count = Math.Min(KeyBlock, Total - start);
                        RowPrefetch.Begin(Keys + starts.Key + start * KeyRow, KeyRow, count, KeyWidth);
                        RowPrefetch.Begin(Values + starts.Value + start * ValueRow, ValueRow, count, ValueWidth);
                    }

                    Score(starts.Query + first * QueryToken, starts.Key, start, first, tokens, scores + matrix * matrixScores);
                }
            }

            for (var matrix = 0; matrix < matrices; matrix++)
            {
                Weigh(Matrices.Of(firstMatrix + matrix).Mask, first, tokens, scores + matrix * matrixScores);
            }

            for (var matrix = 0; matrix < matrices; matrix++)
            {
                var starts = Matrices.Of(firstMatrix + matrix);
                for (var start = 0; start < Math.Max(Total, 1); start += KeyBlock)
                {
                    Mix(starts.Output + first * OutputToken, starts.Value, start, first, tokens, scores + matrix * matrixScores);
                }
            }
        }
    }

    private void RunTiles((nint Query, nint Key, nint Value, nint Mask, nint Output) starts, int first, int tokens)
    {
        var padded = AttentionTile.PaddedKeys(Total);
        fixed (float* scores = Scratch.Scores((tokens * scoreRow) + (KeyWidth * padded) + LineFloats))
        {
            // Vectors of whole cache lines.
            var transposed = (float*)(((nuint)(scores + (tokens * scoreRow)) + LineBytes - 1) & ~(nuint)(LineBytes - 1));
            AttentionTile.Transpose(Keys + starts.Key, KeyRow, Total, KeyWidth, transposed);
            AttentionTile.Score(
                Query + starts.Query + first * QueryToken, QueryToken, tokens, KeyWidth, transposed, padded, Scale, scores, scoreRow);
            Weigh(starts.Mask, first, tokens, scores);
            AttentionTile.Mix(
                scores, scoreRow, scores + scoreRow - 1, tokens, Values + starts.Value, ValueRow, Total, ValueWidth,
                Output + starts.Output + first * OutputToken, OutputToken);
        }
    }

    private void Score(nint query, nint key, int start, int first, int tokens, float* scores)
    {
        var keys = Keys + key + start * KeyRow;
        var target = scores + start;
        for (var token = 0; token < tokens; token++, query += QueryToken)
        {
            var count = VisibleOf(first + token, start);
            for (var head = 0; head < Sharers; head++, target += scoreRow)
            {
                DotRows.Multiply(Query + query + head * QueryHead, keys, KeyRow, count, KeyWidth, Scale, target);
            }
        }
    }

    private void Weigh(nint mask, int first, int tokens, float* row)
    {
        for (var token = first; token < first + tokens; token++)
        {
            var count = Math.Min(Total, Visible + token);
            for (var head = 0; head < Sharers; head++, row += scoreRow)
            {
                Mask(row, count, mask + token * MaskToken);
                row[scoreRow - 1] = SoftmaxWeights.Exponentiate(row, count);
            }
        }
    }

    private void Mix(nint output, nint value, int start, int first, int tokens, float* scores)
    {
        var values = Values + value + start * ValueRow;
        var isLast = start + KeyBlock >= Total;
        var row = scores;
        for (var token = 0; token < tokens; token++, output += OutputToken)
        {
            var count = VisibleOf(first + token, start);
            for (var head = 0; head < Sharers; head++, row += scoreRow)
            {
                MixRows.Add(row + start, values, ValueRow, count, ValueWidth, start == 0, isLast ? row[scoreRow - 1] : 1, Output + output + head * OutputHead);
            }
        }
    }

    // How many keys of the block at `start` a token sees.
    private int VisibleOf(int token, int start) => Math.Clamp(Math.Min(Total, Visible + token) - start, 0, KeyBlock);

    private void Mask(float* scores, int count, nint start)
    {
        if (AddedMask != null && MaskKey == 1)
        {
            TensorPrimitives.Add(new ReadOnlySpan<float>(scores, count), new ReadOnlySpan<float>(AddedMask + start, count), new Span<float>(scores, count));
        }
        else if (AddedMask != null)
        {
            for (var i = 0; i < count; i++)
            {
                scores[i] += AddedMask[start + i * MaskKey];
            }
        }
        else if (AllowedMask != null)
        {
            for (var i = 0; i < count; i++)
            {
                if (!AllowedMask[start + i * MaskKey])
                {
                    scores[i] = float.NegativeInfinity;
                }
            }
        }
    }
}
