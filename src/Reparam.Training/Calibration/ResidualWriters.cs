namespace Reparam.Training;

/// <summary>Layers that write into a residual stream, and where the stream can be seen before they do.</summary>
/// <param name="Writers">Path of the layers in the state dict; <c>*</c> stands for one name or index: <c>layers.*.attention.wo</c>.</param>
/// <param name="StreamInputOf">
/// Path of the module whose input is the stream before the layer's output is added to it, such as the norm at the beginning of the branch,
/// <c>layers.*.attention_norm</c>. Each <c>*</c> has the value that it has in <paramref name="Writers"/>.
/// </param>
public sealed record ResidualWriters(string Writers, string StreamInputOf)
{
    private const string Wildcard = "*";

    /// <summary>The path of the module that sees the stream of a layer; null if the layer is none of these.</summary>
    internal string? StreamOf(string path)
    {
        var pattern = Writers.Split('.');
        var names = path.Split('.');
        if (pattern.Length != names.Length || pattern.Where((part, i) => part != Wildcard && part != names[i]).Any())
        {
            return null;
        }

        var values = new Queue<string>(names.Where((_, i) => pattern[i] == Wildcard));
        return string.Join('.', StreamInputOf.Split('.').Select(part => part == Wildcard ? values.Dequeue() : part));
    }

    /// <summary>Checks the form.</summary>
    /// <exception cref="ArgumentException">Unequal numbers of <c>*</c>.</exception>
    internal void Validate()
    {
        if (Writers.Split('.').Count(part => part == Wildcard) != StreamInputOf.Split('.').Count(part => part == Wildcard))
        {
            throw new ArgumentException($"'{Writers}' and '{StreamInputOf}' must have the same number of *");
        }
    }
}
