using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Reparam.Generators.Layers.Contents;

/// <summary>
/// What an expression gives: a module, a container, or a collection of modules or of pairs of a name and a module. Of a choice it is all of these together.
/// </summary>
internal sealed class HeldValue
{
    private readonly ModuleContent module = new();

    // How many elements at the start have their index for sure; null for all.
    private int? sure;

    /// <summary>The elements of a container or a collection, in the order in which they were found.</summary>
    public List<HeldElement> Elements { get; } = [];

    /// <summary>True if the elements are all of the container or collection, in their order.</summary>
    public bool IsWhole => sure is null;

    /// <summary>True for a module that holds the elements; false for what only lists them.</summary>
    public bool IsContainer { get; set; }

    /// <summary>
    /// How elements without a name of their own are named: by their index, which a Sequential tells where it is whole, by <see cref="ModuleContent.Index"/>
    /// for any of a list, or by <see cref="ModuleContent.AnyName"/> for a key that cannot be seen.
    /// </summary>
    public string? Unnamed { get; set; }

    /// <summary>True if anything may be here.</summary>
    public bool IsUnknown => module.IsUnknown;

    /// <summary>Nothing is known of it.</summary>
    public static HeldValue Unknown() => Of(ModuleContent.Unknown());

    /// <summary>A module.</summary>
    public static HeldValue Of(ModuleContent module)
    {
        var value = new HeldValue();
        value.module.Or(module);
        return value;
    }

    /// <summary>A pair of a name and a module, as an element of a collection.</summary>
    public static HeldValue Pair(string name, ModuleContent module, IOperation? made = null)
    {
        var value = new HeldValue();
        value.Elements.Add(new HeldElement(name, module, made));
        return value;
    }

    /// <summary>What one of several expressions gives; the values themselves stay as they are.</summary>
    public static HeldValue AnyOf(IEnumerable<HeldValue> values)
    {
        var all = values.ToArray();
        var any = new HeldValue();
        var filled = all.Count(value => value.Elements.Count > 0);
        foreach (var value in all)
        {
            any.IsContainer |= value.IsContainer;
            any.Unnamed ??= value.Unnamed;
            any.module.Or(value.module);
            if (value.IsContainer && filled > 1)
            {
                // The same place is another part in each of them.
                any.module.Or(value.AsModule());
                any.sure = 0;
            }
            else if (value.Elements.Count > 0)
            {
                any.Elements.AddRange(value.Elements);
                any.sure = filled == 1 ? value.sure : 0;
            }
        }

        return any;
    }

    /// <summary>Adds elements at the end: those of a collection, or a module as one element.</summary>
    /// <param name="added">What is added.</param>
    /// <param name="name">Name of a module that has one; null for none.</param>
    /// <param name="made">The call that makes the module; null where it comes from elsewhere.</param>
    public void Append(HeldValue added, string? name = null, IOperation? made = null)
    {
        if (!added.IsContainer && added.Elements.Count > 0)
        {
            AppendAll(added);
            return;
        }

        // An empty collection adds nothing; so does null.
        var one = added.AsModule();
        if (!one.IsEmpty || added.IsContainer)
        {
            Elements.Add(new HeldElement(name, one, made));
        }
    }

    /// <summary>Adds the elements of a collection or a container.</summary>
    public void AppendAll(HeldValue added)
    {
        if (added.Elements.Count == 0 && !added.module.IsEmpty)
        {
            LooseFrom(Elements.Count);
            Elements.Add(new HeldElement(null, ModuleContent.Unknown()));
            return;
        }

        if (added.sure is { } seen)
        {
            LooseFrom(Elements.Count + seen);
        }

        Elements.AddRange(added.Elements);
    }

    /// <summary>Says that there may be more elements, or fewer, or in another order.</summary>
    /// <returns>This value.</returns>
    public HeldValue Loose()
    {
        LooseFrom(0);
        return this;
    }

    /// <summary>Says the same of the elements behind the first ones.</summary>
    /// <param name="count">How many first ones are as they are.</param>
    public void LooseFrom(int count) => sure = sure is { } less && less < count ? less : count;

    /// <summary>The same elements as what a collection expression of a type makes.</summary>
    /// <param name="type">The type: a container, or a collection of the framework.</param>
    /// <returns>This value.</returns>
    public HeldValue AsCollectionOf(ITypeSymbol? type)
    {
        IsContainer = ContentTypes.IsContainer(type);
        Unnamed = ContentTypes.UnnamedOf(type);
        return this;
    }

    /// <summary>The value as a child of a module: a container has its elements as parts.</summary>
    public ModuleContent AsModule()
    {
        var content = new ModuleContent().Or(module);
        content.IsContainer = IsContainer;
        content.IsList |= IsContainer && Unnamed is not null;
        if (IsContainer && Unnamed is null)
        {
            content.BatchNorms.AddRange(SequentialBatchNorms.Of(Elements, sure ?? Elements.Count).Where(found => !content.BatchNorms.Contains(found)));
        }

        for (var i = 0; IsContainer && i < Elements.Count; i++)
        {
            var unnamed = Unnamed ?? (IsWhole ? i.ToString(CultureInfo.InvariantCulture) : ModuleContent.Index);
            content.Part(Elements[i].Name ?? unnamed).Or(Elements[i].Module);
        }

        return content;
    }

    /// <summary>What any element may be; unknown where none is seen.</summary>
    public ModuleContent AnyElement()
    {
        var elements = Elements.Select(element => element.Module).Concat(module.Parts.Select(part => part.Content)).ToArray();
        return elements.Length == 0 ? ModuleContent.Unknown() : elements.Aggregate(new ModuleContent(), (any, element) => any.Or(element));
    }

    /// <summary>Names a child that is registered by hand.</summary>
    public void Register(string name, ModuleContent child) => module.Part(name).Or(child);
}
