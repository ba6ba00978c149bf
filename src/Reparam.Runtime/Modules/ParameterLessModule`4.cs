namespace Reparam.Runtime;

/// <summary>A module of three inputs that has no weights of its own.</summary>
/// <param name="name">Name of the kind of module, for messages.</param>
[Counterpart("TorchSharp.Modules.ParameterLessModule`4")]
[method: Counterpart(".ctor")]
public abstract class ParameterLessModule<T1, T2, T3, TResult>(string name) : Module<T1, T2, T3, TResult>(name);
