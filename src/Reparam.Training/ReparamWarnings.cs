namespace Reparam.Training;

/// <summary>What goes wrong in training without being an error.</summary>
public static class ReparamWarnings
{
    /// <summary>Takes each warning, a sentence; by default it is written to standard error. May be called from any thread.</summary>
    public static Action<string> Handler { get; set; } = text => Console.Error.WriteLine("Reparam: warning: " + text);

    internal static void Report(string text) => Handler(text);
}
