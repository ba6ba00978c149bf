using System.Globalization;

namespace Reparam.Checkpoints.Packed;

/// <summary>
/// One 4-bit choice of a codebook layout: every <paramref name="Stride"/> columns an index adds one of 16 learned vectors to the
/// <paramref name="Span"/> columns that begin there, so that a vector overlaps the next ones where the span is the longer.
/// </summary>
/// <param name="Stride">Columns from one index to the next: 4, 8, 16 or 32. 4/stride bits a weight.</param>
/// <param name="Span">Columns of a vector: a multiple of the stride, at most 32.</param>
public readonly record struct CodebookStage(int Stride, int Span)
{
    /// <summary>Vectors that an index chooses from.</summary>
    public const int Vectors = 16;

    /// <summary>Stride of a plane: one index a quad of columns.</summary>
    public const int PlaneStride = 4;

    /// <summary>Longest vector, and largest stride.</summary>
    public const int MaxSpan = 32;

    /// <summary>Whether this is a plane: one bit a weight.</summary>
    public bool IsPlane => Stride == PlaneStride;

    /// <summary>Integers of the stage's vectors.</summary>
    public int Entries => Vectors * Span;

    /// <summary>Indices of a row.</summary>
    public int Positions(int columns) => (columns + Stride - 1) / Stride;

    /// <summary>Bytes of the indices of a row.</summary>
    public int BytesPerRow(int columns) => (Positions(columns) + 1) / 2;

    internal bool IsValid => Stride is 4 or 8 or 16 or 32 && Span >= Stride && Span <= MaxSpan && Span % Stride == 0;

    /// <summary>Stages as the packed file writes them, such as <c>4:4,4:8,8:16</c>.</summary>
    internal static string Format(IReadOnlyList<CodebookStage> stages) =>
        string.Join(',', stages.Select(static stage => FormattableString.Invariant($"{stage.Stride}:{stage.Span}")));

    /// <summary>Stages from what <see cref="Format"/> wrote; null for anything else.</summary>
    internal static CodebookStage[]? Parse(string text)
    {
        var parts = text.Split(',');
        var stages = new CodebookStage[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            var numbers = parts[i].Split(':');
            if (numbers.Length != 2 || !TryParse(numbers[0], out var stride) || !TryParse(numbers[1], out var span))
            {
                return null;
            }

            stages[i] = new CodebookStage(stride, span);
        }

        return Format(stages) == text ? stages : null;

        static bool TryParse(string number, out int value) => int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }
}
