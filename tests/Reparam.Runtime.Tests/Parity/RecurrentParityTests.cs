using Reparam.Runtime;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace Reparam.Runtime.Tests.Parity;

public class RecurrentParityTests
{
    [Theory]
    [InlineData(1, true, false, false)]
    [InlineData(2, true, true, true)]
    [InlineData(3, false, false, true)]
    [InlineData(2, false, true, false)]
    public void Recurrent_layers_agree(int layers, bool bias, bool batchFirst, bool bidirectional)
    {
        var states = layers * (bidirectional ? 2 : 1);
        var lstm = (Theirs: LSTM(5, 7, layers, bias, batchFirst, 0, bidirectional), Ours: Nn.LSTM(5, 7, layers, bias, batchFirst, 0, bidirectional));
        var gru = (Theirs: GRU(5, 7, layers, bias, batchFirst, 0, bidirectional), Ours: Nn.GRU(5, 7, layers, bias, batchFirst, 0, bidirectional));
        var rnn = (Theirs: RNN(5, 7, layers, torch.nn.NonLinearities.Tanh, bias, batchFirst, 0, bidirectional), Ours: Nn.RNN(5, 7, layers, NonLinearities.Tanh, bias, batchFirst, 0, bidirectional));
        var relu = (Theirs: RNN(5, 7, layers, torch.nn.NonLinearities.ReLU, bias, batchFirst, 0, bidirectional), Ours: Nn.RNN(5, 7, layers, NonLinearities.ReLU, bias, batchFirst, 0, bidirectional));
        LayerPair.Share(lstm.Theirs, lstm.Ours);
        LayerPair.Share(gru.Theirs, gru.Ours);
        LayerPair.Share(rnn.Theirs, rnn.Ours);
        LayerPair.Share(relu.Theirs, relu.Ours);
        Assert.Equal(lstm.Theirs.named_parameters().Select(p => p.name), lstm.Ours.NamedParameters().Select(p => p.name));
        foreach (var shape in new long[][] { [4, 3, 5], [1, 1, 5] })
        {
            var x = Pair.Floats(shape, 3);
            long[] stateShape = [states, batchFirst ? shape[0] : shape[1], 7];
            var (h, c) = (Pair.Floats(stateShape, 4), Pair.Floats(stateShape, 5));
            Same(lstm.Theirs.call(x.Theirs), lstm.Ours.Call(x.Ours));
            Same(lstm.Theirs.call(x.Theirs, (h.Theirs, c.Theirs)), lstm.Ours.Call(x.Ours, (h.Ours, c.Ours)));
            foreach (var (theirs, ours) in new[] { (rnn.Theirs, rnn.Ours), (relu.Theirs, relu.Ours) })
            {
                Same(theirs.call(x.Theirs), ours.Call(x.Ours));
                Same(theirs.call(x.Theirs, h.Theirs), ours.Call(x.Ours, h.Ours));
            }

            Same(gru.Theirs.call(x.Theirs), gru.Ours.Call(x.Ours));
            Same(gru.Theirs.call(x.Theirs, h.Theirs), gru.Ours.Call(x.Ours, h.Ours));
            Compare.Same(h.Theirs, h.Ours);
        }

        // TorchSharp needs a batch; ours does not.
        var alone = Pair.Floats([6, 5], 6);
        Compare.Same(
            gru.Theirs.call(alone.Theirs.unsqueeze(batchFirst ? 0 : 1)).Item1.squeeze(batchFirst ? 0 : 1), gru.Ours.Call(alone.Ours).Item1, 1e-5, 1e-5);
        Assert.Throws<ArgumentException>(() => lstm.Ours.Call(Torch.Zeros(2, 3, 4)));
        Assert.Throws<ArgumentException>(() => gru.Ours.Call(Torch.Zeros(2, 3, 5), Torch.Zeros(1, 1, 1)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Cells_agree(bool bias)
    {
        var lstm = (Theirs: LSTMCell(5, 7, bias), Ours: Nn.LSTMCell(5, 7, bias));
        var gru = (Theirs: GRUCell(5, 7, bias), Ours: Nn.GRUCell(5, 7, bias));
        var rnn = (Theirs: RNNCell(5, 7, torch.nn.NonLinearities.ReLU, bias), Ours: Nn.RNNCell(5, 7, NonLinearities.ReLU, bias));
        LayerPair.Share(lstm.Theirs, lstm.Ours);
        LayerPair.Share(gru.Theirs, gru.Ours);
        LayerPair.Share(rnn.Theirs, rnn.Ours);
        var (x, h, c) = (Pair.Floats([3, 5], 1), Pair.Floats([3, 7], 2), Pair.Floats([3, 7], 3));
        var (theirState, ourState) = (lstm.Theirs.call(x.Theirs, (h.Theirs, c.Theirs)), lstm.Ours.Call(x.Ours, (h.Ours, c.Ours)));
        Compare.Same(theirState.Item1, ourState.Item1, 1e-5, 1e-5);
        Compare.Same(theirState.Item2, ourState.Item2, 1e-5, 1e-5);
        Compare.Same(lstm.Theirs.call(x.Theirs, (torch.zeros(3, 7), torch.zeros(3, 7))).Item1, lstm.Ours.Call(x.Ours).Item1, 1e-5, 1e-5);
        Compare.Same(gru.Theirs.forward(x.Theirs, h.Theirs), gru.Ours.Forward(x.Ours, h.Ours), 1e-5, 1e-5);
        Compare.Same(rnn.Theirs.forward(x.Theirs, h.Theirs), rnn.Ours.Forward(x.Ours, h.Ours), 1e-5, 1e-5);
        Compare.Same(gru.Theirs.forward(x.Theirs, torch.zeros(3, 7)), gru.Ours.Forward(x.Ours), 1e-5, 1e-5);
        Compare.Same(rnn.Theirs.forward(x.Theirs, h.Theirs)[0], rnn.Ours.Forward(x.Ours[0], h.Ours[0]), 1e-5, 1e-5);
    }

    private static void Same((torch.Tensor, torch.Tensor) theirs, (Tensor, Tensor) ours)
    {
        Compare.Same(theirs.Item1, ours.Item1, 1e-5, 1e-5);
        Compare.Same(theirs.Item2, ours.Item2, 1e-5, 1e-5);
    }

    private static void Same((torch.Tensor, torch.Tensor, torch.Tensor) theirs, (Tensor, Tensor, Tensor) ours)
    {
        Same((theirs.Item1, theirs.Item2), (ours.Item1, ours.Item2));
        Compare.Same(theirs.Item3, ours.Item3, 1e-5, 1e-5);
    }
}
