//! new Zoo.ClipReader(3) : randn(2, 3, 7, 13, 11)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// A network for short films: convolutions over space and time (Tran et al., 2015), then a GRU over the pictures.
/// Kinds: three-dimensional convolutions by number and by tuple, norm and pooling in three dimensions with an array, a mean over two dimensions, a
/// recurrent layer of which only the last state is used, a discard in a tuple.
/// </summary>
public class ClipReader : Module<Tensor, Tensor>
{
    private readonly Conv3d near;
    private readonly BatchNorm3d nearNorm;
    private readonly MaxPool3d smaller;
    private readonly Conv3d far;
    private readonly GRU overTime;
    private readonly Linear label;

    public ClipReader(int labels) : base("Clip reader")
    {
        label = Linear(13, labels);
        overTime = GRU(16, 13, batchFirst: true);
        far = Conv3d(9, 16, (3, 3, 3), padding: (1, 1, 1));
        smaller = MaxPool3d(new long[] { 1, 2, 2 });
        nearNorm = BatchNorm3d(9);
        near = Conv3d(3, 9, 3, padding: 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor film)
    {
        Tensor maps = smaller.call(functional.relu(nearNorm.call(near.call(film))));
        maps = functional.relu(far.call(maps));

        // [film, time, channel]
        Tensor pictures = maps.mean(new long[] { 3, 4 }).transpose(1, 2);
        var (_, end) = overTime.call(pictures);
        return label.call(end.squeeze(0));
    }
}
