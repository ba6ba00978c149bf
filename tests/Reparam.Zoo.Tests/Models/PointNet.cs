//! new Zoo.PointCloud(4) : randn(2, 3, 29)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Zoo;

/// <summary>
/// PointNet (Qi et al., 2017): points in any order, first turned by a matrix that a small network proposes.
/// Kinds: layers in field initialisers beside layers in the constructor, an output that may be null by a setting, an alias of the functional class, max as
/// values and as a tuple, bmm, eye and repeat, a branch on is_cuda.
/// </summary>
public class PointCloud : Module<Tensor, (Tensor scores, Tensor? turn)>
{
    private const long Seen = 48;

    private readonly Proposal proposal;
    private readonly Conv1d near = Conv1d(3, 16, 1L);
    private readonly BatchNorm1d nearNorm = BatchNorm1d(16);
    private readonly Conv1d wider = Conv1d(16, 32, 1L);
    private readonly BatchNorm1d widerNorm = BatchNorm1d(32);
    private readonly Conv1d whole = Conv1d(32, Seen, 1L);
    private readonly BatchNorm1d wholeNorm = BatchNorm1d(Seen);
    private readonly Linear judge = Linear(Seen, 27);
    private readonly BatchNorm1d judgeNorm = BatchNorm1d(27);
    private readonly Linear label;
    private readonly bool tellsTurn;

    public PointCloud(int labels, bool tellsTurn = false) : base("PointNet")
    {
        label = Linear(27, labels);
        proposal = new Proposal(3);
        this.tellsTurn = tellsTurn;
        RegisterComponents();
    }

    public override (Tensor scores, Tensor? turn) forward(Tensor points)
    {
        var turn = proposal.forward(points);
        var turned = bmm(points.transpose(2, 1), turn).transpose(2, 1);
        var x = F.relu(nearNorm.forward(near.forward(turned)));
        x = F.relu(widerNorm.forward(wider.forward(x)));
        x = wholeNorm.forward(whole.forward(x));
        var farthest = max(x, 2, keepdim: true).values.view(-1, Seen);
        var judged = F.relu(judgeNorm.forward(judge.forward(farthest)));
        var scores = F.log_softmax(label.forward(judged), dim: 1);
        return (scores, tellsTurn ? turn : null);
    }
}

public class Proposal : Module<Tensor, Tensor>
{
    private readonly long size;
    private readonly Conv1d points;
    private readonly Conv1d wider;
    private readonly Linear middle;
    private readonly Linear matrix;

    public Proposal(long size) : base(nameof(Proposal))
    {
        this.size = size;
        matrix = Linear(18, size * size);
        middle = Linear(32, 18);
        wider = Conv1d(16, 32, 1L);
        points = Conv1d(size, 16, 1L);
        RegisterComponents();
    }

    public override Tensor forward(Tensor cloud)
    {
        var x = F.relu(wider.forward(F.relu(points.forward(cloud))));
        (x, _) = x.max(2, keepdim: true);
        x = F.relu(middle.forward(x.view(-1, 32)));

        // What is proposed is added to a matrix that turns nothing.
        var still = eye(size).view(1, size * size).repeat(cloud.size(0), 1);
        if (cloud.is_cuda)
        {
            still = still.cuda();
        }

        return (still + matrix.forward(x)).view(-1, size, size);
    }
}
