namespace Reparam.Cli.Machine;

/// <summary>A choice of the kernels, and who made it.</summary>
/// <param name="Value">What was chosen; null when the environment variable holds a wrong value.</param>
/// <param name="Reason">Why.</param>
/// <param name="Problem">What is wrong with the environment variable; null when nothing is.</param>
internal sealed record Setting(string? Value, string Reason, string? Problem)
{
    /// <summary>Reads a choice.</summary>
    /// <param name="variable">The environment variable that makes it.</param>
    /// <param name="otherwise">Why it is what it is when the variable is not set.</param>
    /// <param name="read">Gives it, or throws what is wrong.</param>
    public static Setting Read(string variable, string otherwise, Func<string> read)
    {
        var text = Environment.GetEnvironmentVariable(variable);
        var reason = string.IsNullOrWhiteSpace(text) ? otherwise : $"{variable} is '{text}'";
        try
        {
            return new Setting(read(), reason, null);
        }
        catch (Exception exception) when (exception is ArgumentException or PlatformNotSupportedException)
        {
            return new Setting(null, reason, exception is ArgumentException ? exception.Message : $"{reason}; {exception.Message}");
        }
    }
}
