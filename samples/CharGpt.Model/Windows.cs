namespace CharGpt;

/// <summary>
/// Cuts a text into neighbouring windows, in each of which the model predicts every character but the first: the measure that training and the
/// app share, so that their losses compare.
/// </summary>
public static class Windows
{
    /// <summary>All whole windows of a text.</summary>
    /// <param name="tokens">The text.</param>
    /// <param name="context">Inputs of a window; it has one token more, the last one's successor.</param>
    /// <returns>Windows of <paramref name="context"/> + 1 tokens; the last of one is the first of the next.</returns>
    public static IEnumerable<ArraySegment<long>> Of(long[] tokens, int context)
    {
        for (var start = 0; start + context < tokens.Length; start += context)
        {
            yield return new ArraySegment<long>(tokens, start, context + 1);
        }
    }
}
