namespace Reparam.Runtime;

/// <summary>A module of one input that has no weights of its own.</summary>
/// <param name="name">Name of the kind of module, for messages.</param>
[Counterpart("TorchSharp.Modules.ParameterLessModule`2")]
[method: Counterpart(".ctor")]
public abstract class ParameterLessModule<T1, TResult>(string name) : Module<T1, TResult>(name);
