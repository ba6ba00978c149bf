using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Reparam.Generators.Twins;

/// <summary>A twin's file, and which declaration each part of it was made from. Never leaves a transform.</summary>
internal sealed class TwinDraft
{
    // No character of any text.
    private const char Mark = '\uFDD0';

    private readonly List<(int Start, TwinType Type, TwinMember? Member)> parts = [];

    private TwinDraft(string hintName, string text, IReadOnlyList<(TwinType Type, TwinMember? Member)> marks)
    {
        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != Mark)
            {
                clean.Append(text[i]);
                continue;
            }

            var end = text.IndexOf(Mark, i + 1);
            var (type, member) = marks[int.Parse(text.Substring(i + 1, end - i - 1), CultureInfo.InvariantCulture)];
            parts.Add((clean.Length, type, member));
            i = end;
        }

        Twin = new Twin(hintName, clean.ToString());
    }

    /// <summary>The file.</summary>
    public Twin Twin { get; }

    /// <summary>What a place of the text was made from; no member for the head of a type and for what is written without source.</summary>
    /// <param name="position">Offset in the text.</param>
    public (TwinType? Type, TwinMember? Member) At(int position)
    {
        var part = parts.LastOrDefault(p => p.Start <= position);
        return (part.Type, part.Member);
    }

    /// <summary>Collects marks while a file is written.</summary>
    internal sealed class Marks
    {
        private readonly List<(TwinType, TwinMember?)> marks = [];

        /// <summary>Text that says of what follows from which declaration it was made.</summary>
        public string Of(TwinType type, TwinMember? member = null)
        {
            marks.Add((type, member));
            return $"{Mark}{(marks.Count - 1).ToString(CultureInfo.InvariantCulture)}{Mark}";
        }

        /// <summary>The file without marks.</summary>
        public TwinDraft Draft(string hintName, string text) => new(hintName, text, marks);
    }
}
