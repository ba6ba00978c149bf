using System.Collections.Generic;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace Reparam.Generators.Twins;

/// <summary>
/// Edits of one piece of the user's source, and the piece written out with them: comments and directives gone, lines kept as they are,
/// indentation moved as a whole.
/// </summary>
internal sealed class SourceEdits
{
    private readonly Dictionary<int, (int End, string Text)> replacements = [];
    private readonly Dictionary<int, string> before = [];
    private readonly Dictionary<int, string> after = [];
    private readonly Dictionary<int, string> openings = [];
    private readonly HashSet<SyntaxNode> opened = [];

    /// <summary>
    /// Puts other text in the place of whole tokens; what was edited inside is forgotten. Empty text removes the tokens and the space behind them.
    /// </summary>
    public void Replace(TextSpan span, string text) => replacements[span.Start] = (span.End, text);

    /// <summary>As <see cref="Replace"/>; what was to stand directly before and after the tokens is forgotten too.</summary>
    public void Overwrite(TextSpan span, string text)
    {
        before.Remove(span.Start);
        openings.Remove(span.Start);
        after.Remove(span.End);
        Replace(span, text);
    }

    /// <summary>Writes text before the token that starts here.</summary>
    public void InsertBefore(int start, string text) => before[start] = text;

    /// <summary>Opens a call around a node, inside of those that were opened before it at the same place; once for each node.</summary>
    public void Open(SyntaxNode node, string text)
    {
        if (opened.Add(node))
        {
            openings[node.SpanStart] = openings.TryGetValue(node.SpanStart, out var earlier) ? earlier + text : text;
        }
    }

    /// <summary>Writes text behind the token that ends here.</summary>
    public void InsertAfter(int end, string text) => after[end] = after.TryGetValue(end, out var earlier) ? earlier + text : text;

    /// <summary>Writes a node out.</summary>
    /// <param name="node">A node that holds all edits.</param>
    /// <param name="indentation">Number of spaces before its first line; its other lines move along.</param>
    public string Write(SyntaxNode node, int indentation)
    {
        var first = node.GetFirstToken();
        var last = node.GetLastToken();
        var lines = new Lines(Column(first), indentation);
        var skipUntil = 0;
        var dropSpace = false;
        foreach (var token in node.DescendantTokens())
        {
            if (token.SpanStart < skipUntil)
            {
                if (token.Span.End == skipUntil && token != last)
                {
                    WriteTrivia(lines, token.TrailingTrivia, dropSpace);
                }

                continue;
            }

            WriteTrivia(lines, token == first ? default : token.LeadingTrivia, dropSpace: false);
            var isReplaced = replacements.TryGetValue(token.SpanStart, out var replacement);
            dropSpace = isReplaced && replacement.Text.Length == 0;
            skipUntil = isReplaced ? replacement.End : token.Span.End;
            if (dropSpace)
            {
                lines.MarkRemoved();
            }
            else
            {
                lines.Append(Prefix(token.SpanStart) + (isReplaced ? replacement.Text : token.Text));
            }

            lines.Append(after.TryGetValue(skipUntil, out var suffix) ? suffix : "");
            if (token.Span.End == skipUntil && token != last)
            {
                WriteTrivia(lines, token.TrailingTrivia, dropSpace);
            }
        }

        return lines.ToString();
    }

    private string Prefix(int start) =>
        (before.TryGetValue(start, out var text) ? text : "") + (openings.TryGetValue(start, out var opening) ? opening : "");

    private static int Column(SyntaxToken token)
    {
        var source = token.SyntaxTree!.GetText();
        var line = source.Lines.GetLineFromPosition(token.SpanStart);
        return source.ToString(TextSpan.FromBounds(line.Start, token.SpanStart)).Sum(Width);
    }

    private static int Width(char c) => c == '\t' ? 4 : 1;

    private static void WriteTrivia(Lines lines, SyntaxTriviaList trivia, bool dropSpace)
    {
        foreach (var item in trivia)
        {
            switch (item.Kind())
            {
                case SyntaxKind.WhitespaceTrivia:
                    lines.AppendSpace(dropSpace ? "" : item.ToString());
                    break;
                case SyntaxKind.EndOfLineTrivia:
                    lines.Break();
                    break;
                case SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia:
                    lines.MarkRemoved();
                    break;
                default:
                    // Documentation, directives and disabled text bring their line end along.
                    lines.MarkRemoved();
                    lines.Break();
                    break;
            }
        }
    }

    /// <summary>Collects lines; those that only held what was removed disappear.</summary>
    private sealed class Lines(int oldIndentation, int newIndentation)
    {
        private readonly StringBuilder text = new();
        private readonly StringBuilder line = new();
        private bool isFirst = true;
        private bool hasRemoved;
        private bool endsBlank = true;

        public void Append(string part) => line.Append(part);

        // The space on either side of a removed comment is one.
        public void AppendSpace(string space)
        {
            if (!(hasRemoved && line.Length > 0 && line[line.Length - 1] == ' '))
            {
                line.Append(space);
            }
        }

        public void MarkRemoved() => hasRemoved = true;

        public void Break()
        {
            var content = line.ToString().TrimEnd();
            if (content.Length > 0)
            {
                WriteLine(content);
            }
            else if (!hasRemoved && !endsBlank)
            {
                text.Append('\n');
                endsBlank = true;
            }

            line.Clear();
            hasRemoved = false;
        }

        public override string ToString()
        {
            Break();
            return text.ToString().TrimEnd('\n');
        }

        private void WriteLine(string content)
        {
            var start = content.Length - content.TrimStart().Length;
            var width = content.Take(start).Sum(Width);
            var depth = isFirst ? 0 : System.Math.Max(0, width - oldIndentation);
            text.Append(' ', newIndentation + depth).Append(content, start, content.Length - start).Append('\n');
            endsBlank = content.EndsWith("{", System.StringComparison.Ordinal);
            isFirst = false;
        }
    }
}
