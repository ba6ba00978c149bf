using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <content>Recurrent layers.</content>
public static partial class Nn
{
    /// <summary>An empty long short-term memory.</summary>
    [Counterpart("LSTM")]
    public static LSTM LSTM(
        long inputSize, long hiddenSize, long numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0, bool bidirectional = false,
        Device? device = null, DType? dtype = null) => new(inputSize, hiddenSize, numLayers, bias, batchFirst, bidirectional);

    /// <summary>Empty gated recurrent units.</summary>
    [Counterpart("GRU")]
    public static GRU GRU(
        long inputSize, long hiddenSize, long numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0, bool bidirectional = false,
        Device? device = null, DType? dtype = null) => new(inputSize, hiddenSize, numLayers, bias, batchFirst, bidirectional);

    /// <summary>Empty plain recurrent layers.</summary>
    [Counterpart("RNN")]
    public static RNN RNN(
        long inputSize, long hiddenSize, long numLayers = 1, NonLinearities nonLinearity = NonLinearities.Tanh, bool bias = true, bool batchFirst = false,
        double dropout = 0, bool bidirectional = false, Device? device = null, DType? dtype = null) =>
        new(inputSize, hiddenSize, numLayers, bias, batchFirst, bidirectional, Cell(nonLinearity));

    /// <summary>An empty cell of a long short-term memory.</summary>
    [Counterpart("LSTMCell")]
    public static LSTMCell LSTMCell(long inputSize, long hiddenSize, bool bias = true, Device? device = null, DType? dtype = null) =>
        new(inputSize, hiddenSize, bias);

    /// <summary>An empty cell of gated recurrent units.</summary>
    [Counterpart("GRUCell")]
    public static GRUCell GRUCell(long inputSize, long hiddenSize, bool bias = true, Device? device = null, DType? dtype = null) =>
        new(inputSize, hiddenSize, bias, RecurrentCell.Gru);

    /// <summary>An empty cell of a plain recurrent layer.</summary>
    [Counterpart("RNNCell")]
    public static RNNCell RNNCell(
        long inputSize, long hiddenSize, NonLinearities nonLinearity = NonLinearities.Tanh, bool bias = true, Device? device = null, DType? dtype = null) =>
        new(inputSize, hiddenSize, bias, Cell(nonLinearity));

    private static RecurrentCell Cell(NonLinearities nonLinearity) => nonLinearity == NonLinearities.ReLU ? RecurrentCell.ReLU : RecurrentCell.Tanh;
}
