namespace Reparam.Runtime;

internal enum TensorIndexKind
{
    Position,
    Slice,
    Ellipsis,
    NewAxis,
    Tensor,
    Truth,
}
