//! new Zoo.PointNet(4) : randn(2, 3, 30)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Zoo;

/// <summary>PointNet: a network that learns a transform, which is applied to the points; two outputs, one of them may be null.</summary>
public class PointNet : Module<Tensor, (Tensor scores, Tensor? transform)>
{
    private readonly TransformNet stn;
    private readonly Conv1d conv1 = Conv1d(3, 16, 1L);
    private readonly Conv1d conv2 = Conv1d(16, 32, 1L);
    private readonly Conv1d conv3 = Conv1d(32, 64, 1L);
    private readonly BatchNorm1d bn1 = BatchNorm1d(16);
    private readonly BatchNorm1d bn2 = BatchNorm1d(32);
    private readonly BatchNorm1d bn3 = BatchNorm1d(64);
    private readonly Linear fc1 = Linear(64, 32);
    private readonly Linear fc2;
    private readonly BatchNorm1d bn4 = BatchNorm1d(32);
    private readonly bool feature_transform;

    public PointNet(int classes, bool feature_transform = false) : base(nameof(PointNet))
    {
        this.feature_transform = feature_transform;
        stn = new TransformNet(3);
        fc2 = Linear(32, classes);
        RegisterComponents();
    }

    public override (Tensor scores, Tensor? transform) forward(Tensor x)
    {
        var trans = stn.forward(x);
        x = x.transpose(2, 1);
        x = bmm(x, trans);
        x = x.transpose(2, 1);
        x = F.relu(bn1.forward(conv1.forward(x)));
        x = F.relu(bn2.forward(conv2.forward(x)));
        x = bn3.forward(conv3.forward(x));
        x = max(x, 2, keepdim: true).values;
        x = x.view(-1, 64);
        x = F.relu(bn4.forward(fc1.forward(x)));
        return (F.log_softmax(fc2.forward(x), dim: 1), feature_transform ? trans : null);
    }
}

public class TransformNet : Module<Tensor, Tensor>
{
    private readonly long k;
    private readonly Conv1d conv1;
    private readonly Conv1d conv2;
    private readonly Linear fc1;
    private readonly Linear fc2;

    public TransformNet(long k) : base(nameof(TransformNet))
    {
        this.k = k;
        conv1 = Conv1d(k, 16, 1L);
        conv2 = Conv1d(16, 32, 1L);
        fc1 = Linear(32, 16);
        fc2 = Linear(16, k * k);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var batch = x.size(0);
        x = F.relu(conv1.forward(x));
        x = F.relu(conv2.forward(x));
        (x, _) = x.max(2, keepdim: true);
        x = x.view(-1, 32);
        x = fc2.forward(F.relu(fc1.forward(x)));
        var identity = eye(k).view(1, k * k).repeat(batch, 1);
        if (x.is_cuda)
        {
            identity = identity.cuda();
        }

        return (x + identity).view(-1, k, k);
    }
}
