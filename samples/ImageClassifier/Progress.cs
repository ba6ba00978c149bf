namespace ImageClassifier;

/// <summary>One line on the terminal that is written over, a few times a second.</summary>
/// <param name="what">What is done to pictures.</param>
internal sealed class Progress(string what) : IProgress<int>
{
    private const int Every = 200;

    private long last;

    /// <inheritdoc/>
    public void Report(int value)
    {
        if (Environment.TickCount64 - last > Every)
        {
            last = Environment.TickCount64;
            Console.Error.Write($"\r{value:N0} pictures {what} \r");
        }
    }
}
