using System.Runtime.CompilerServices;

namespace Reparam.Runtime;

/// <content>Modules and weights in sequences, lists and dictionaries.</content>
public static partial class Nn
{
    /// <summary>No modules yet.</summary>
    [Counterpart("Sequential")]
    public static Sequential Sequential() => new(ReadOnlySpan<Module<Tensor, Tensor>>.Empty);

    /// <summary>Modules one after the other.</summary>
    [Counterpart("Sequential")]
    public static Sequential Sequential(params ReadOnlySpan<Module<Tensor, Tensor>> modules) => new(modules);

    /// <summary>Named modules one after the other.</summary>
    [Counterpart("Sequential")]
    public static Sequential Sequential(params ReadOnlySpan<(string, Module<Tensor, Tensor>)> modules) => new(modules);

    /// <summary>Named modules one after the other.</summary>
    [Counterpart("Sequential")]
    public static Sequential Sequential(params ReadOnlySpan<Tuple<string, Module<Tensor, Tensor>>> modules)
    {
        var sequence = Sequential();
        foreach (var (name, module) in modules)
        {
            sequence.Append(name, module);
        }

        return sequence;
    }

    /// <summary>Modules one after the other.</summary>
    [OverloadResolutionPriority(-1)]
    [Counterpart("Sequential")]
    public static Sequential Sequential(IEnumerable<Module<Tensor, Tensor>> modules) => Sequential([.. modules]);

    /// <summary>Named modules one after the other.</summary>
    [OverloadResolutionPriority(-1)]
    [Counterpart("Sequential")]
    public static Sequential Sequential(IEnumerable<(string, Module<Tensor, Tensor>)> modules) => Sequential([.. modules]);

    /// <summary>Named modules one after the other.</summary>
    [OverloadResolutionPriority(-1)]
    [Counterpart("Sequential")]
    public static Sequential Sequential(IEnumerable<Tuple<string, Module<Tensor, Tensor>>> modules) => Sequential([.. modules]);

    /// <summary>Modules in order.</summary>
    [Counterpart("ModuleList")]
    public static ModuleList<Module> ModuleList(params ReadOnlySpan<Module> modules) => new(modules);

    /// <summary>Modules by name.</summary>
    [Counterpart("ModuleDict")]
    public static ModuleDict<Module> ModuleDict(params ReadOnlySpan<(string, Module)> modules) => ModuleDict<Module>(modules);

    /// <summary>Modules by name.</summary>
    [Counterpart("ModuleDict")]
    public static ModuleDict<T> ModuleDict<T>(params ReadOnlySpan<(string, T)> modules)
        where T : Module
    {
        var dictionary = new ModuleDict<T>();
        foreach (var (name, module) in modules)
        {
            dictionary.Add(name, module);
        }

        return dictionary;
    }

    /// <summary>Weights in order.</summary>
    [Counterpart("ParameterList")]
    public static ParameterList ParameterList(params ReadOnlySpan<Parameter> parameters) => new(parameters);

    /// <summary>Weights by name.</summary>
    [Counterpart("ParameterDict")]
    public static ParameterDict ParameterDict(params ReadOnlySpan<(string, Parameter)> parameters)
    {
        var dictionary = new ParameterDict();
        foreach (var (name, parameter) in parameters)
        {
            dictionary.Add(name, parameter);
        }

        return dictionary;
    }
}
