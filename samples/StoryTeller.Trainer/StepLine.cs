namespace StoryTeller.Trainer;

/// <summary>What is being done: one line that is written over on a terminal, nothing elsewhere but what is no count.</summary>
public sealed class StepLine : IProgress<string>
{
    private readonly Lock gate = new();
    private int width;

    /// <inheritdoc/>
    public void Report(string value)
    {
        lock (gate)
        {
            if (!Console.IsErrorRedirected)
            {
                Console.Error.Write($"\r{value.PadRight(width)}\r");
                width = value.Length;
            }
            else if (!value.Contains(" of ", StringComparison.Ordinal))
            {
                Console.Error.WriteLine(value);
            }
        }
    }
}
