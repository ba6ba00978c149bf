namespace Reparam.Benchmarks.Figures;

/// <summary>Options that differ in some values.</summary>
internal static class ChangedOptions
{
    /// <summary>A copy with other values.</summary>
    public static ShiftAddAttribute With(this ShiftAddAttribute options, Action<ShiftAddAttribute> change)
    {
        var copy = new ShiftAddAttribute(options.Bits);
        foreach (var property in typeof(ShiftAddAttribute).GetProperties().Where(property => property.SetMethod is { IsPublic: true }))
        {
            property.SetValue(copy, property.GetValue(options));
        }

        change(copy);
        return copy;
    }
}
