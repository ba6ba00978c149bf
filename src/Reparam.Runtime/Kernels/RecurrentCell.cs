namespace Reparam.Runtime.Kernels;

/// <summary>What a recurrent layer does with its gates at each step.</summary>
internal enum RecurrentCell
{
    /// <summary>tanh(x + h).</summary>
    Tanh,

    /// <summary>max(x + h, 0).</summary>
    ReLU,

    /// <summary>Gated recurrent unit.</summary>
    Gru,

    /// <summary>Long short-term memory.</summary>
    Lstm,
}
