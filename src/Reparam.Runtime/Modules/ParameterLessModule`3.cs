namespace Reparam.Runtime;

/// <summary>A module of two inputs that has no weights of its own.</summary>
/// <param name="name">Name of the kind of module, for messages.</param>
[Counterpart("TorchSharp.Modules.ParameterLessModule`3")]
[method: Counterpart(".ctor")]
public abstract class ParameterLessModule<T1, T2, TResult>(string name) : Module<T1, T2, TResult>(name);
