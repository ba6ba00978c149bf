namespace Reparam.Runtime;

/// <summary>The weights of one recurrent layer in one direction.</summary>
internal sealed class RecurrentWeights
{
    /// <summary>Empty weights.</summary>
    /// <param name="gates">Gates of a cell.</param>
    /// <param name="inputs">Length of an input.</param>
    /// <param name="hidden">Length of a state.</param>
    /// <param name="bias">Whether there are biases.</param>
    public RecurrentWeights(int gates, long inputs, long hidden, bool bias)
    {
        Input = new Parameter(gates * hidden, inputs) { MayBePacked = true };
        Hidden = new Parameter(gates * hidden, hidden) { MayBePacked = true };
        InputBias = bias ? new Parameter(gates * hidden) : null;
        HiddenBias = bias ? new Parameter(gates * hidden) : null;
    }

    /// <summary>[gates · hidden, inputs].</summary>
    public Parameter Input { get; set; }

    /// <summary>[gates · hidden, hidden].</summary>
    public Parameter Hidden { get; set; }

    /// <summary>[gates · hidden], or null.</summary>
    public Parameter? InputBias { get; set; }

    /// <summary>[gates · hidden], or null.</summary>
    public Parameter? HiddenBias { get; set; }

    /// <summary>Names the weights.</summary>
    /// <param name="visitor">Takes them.</param>
    /// <param name="suffix">What the names end with.</param>
    public void Visit(ComponentVisitor visitor, string suffix)
    {
        visitor.Parameter("weight_ih" + suffix, Input);
        visitor.Parameter("weight_hh" + suffix, Hidden);
        visitor.Parameter("bias_ih" + suffix, InputBias);
        visitor.Parameter("bias_hh" + suffix, HiddenBias);
    }
}
