//! new Zoo.VideoNet(3) : randn(1, 3, 6, 12, 12)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>A network for short clips: three-dimensional convolutions and pooling, then a GRU over the frames.</summary>
public class VideoNet : Module<Tensor, Tensor>
{
    private readonly Conv3d conv1;
    private readonly BatchNorm3d bn1;
    private readonly MaxPool3d pool;
    private readonly Conv3d conv2;
    private readonly GRU gru;
    private readonly Linear head;

    public VideoNet(int classes) : base("VideoNet")
    {
        conv1 = Conv3d(3, 8, 3, padding: 1);
        bn1 = BatchNorm3d(8);
        pool = MaxPool3d(new long[] { 1, 2, 2 });
        conv2 = Conv3d(8, 16, (3, 3, 3), padding: (1, 1, 1));
        gru = GRU(16, 12, batchFirst: true);
        head = Linear(12, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor clip)
    {
        var x = functional.relu(bn1.call(conv1.call(clip)));
        x = functional.relu(conv2.call(pool.call(x)));
        x = x.mean(new long[] { 3, 4 }).transpose(1, 2);
        var (_, last) = gru.call(x);
        return head.call(last.squeeze(0));
    }
}
