using System.Globalization;
using Reparam.Checkpoints.Import.PyTorch.Pickle;

namespace Reparam.Checkpoints.Import.PyTorch;

/// <summary>Pickled values as names and in messages.</summary>
internal static class PickleText
{
    private const int LongestText = 200;

    /// <summary>A name below another one.</summary>
    public static string Join(string prefix, string name) => prefix.Length == 0 ? name : $"{prefix}.{name}";

    /// <summary>A number as a part of a name.</summary>
    public static string Index(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A dictionary's key as a part of a name; null unless it is text or an integer.</summary>
    public static string? Key(object? key) => key switch
    {
        string text => text,
        long number => Index(number),
        _ => null,
    };

    /// <summary>A text, number or truth value as text; null for others.</summary>
    public static string? Scalar(object? value) => value switch
    {
        string text => text,
        bool truth => truth ? "true" : "false",
        long number => Index(number),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        _ => null,
    };

    /// <summary>The start of a text that may be long.</summary>
    public static string Shorten(string text, int longest = LongestText) => text.Length <= longest ? text : text[..longest] + "…";

    /// <summary>What a value is and how many tensors it holds, for messages.</summary>
    public static string Describe(object? value) => value switch
    {
        TorchTensor tensor => $"a tensor of type {tensor.Storage.Type.Name}, shape [{string.Join(", ", tensor.Shape)}]",
        TorchUnsupported unsupported => Shorten(unsupported.What),
        TorchStorage storage => $"a storage of {storage.Elements} elements",
        _ => DescribeWithoutTensors(value) + PickleTensors.Count(value) switch
        {
            0 => "",
            1 => ", 1 tensor",
            var count => $", {count} tensors",
        },
    };

    /// <summary>What a value is that holds no tensors, for messages.</summary>
    public static string DescribeWithoutTensors(object? value) => value switch
    {
        PickleObject instance => $"an object of class {Shorten(instance.ClassName)}",
        PickleGlobal global => $"the name {Shorten(global.ToString())}",
        PickleDict dict => $"a dictionary of {dict.Entries.Count}",
        List<object?> list => $"a list of {list.Count}",
        PickleTuple tuple => $"a tuple of {tuple.Items.Length}",
        byte[] bytes => $"{bytes.Length} bytes",
        null => "None",
        _ => Scalar(value) is { } text ? Shorten(text) : "a large integer",
    };
}
