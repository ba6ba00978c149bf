using Reparam.Runtime.Packed;

namespace Reparam.Runtime.Kernels;

/// <summary>What becomes of the sums of a convolution: y = act(scale · sum + shift + residual).</summary>
/// <param name="Scale">[outputs], or null for 1.</param>
/// <param name="Shift">[outputs], or null for 0.</param>
/// <param name="Residual">A tensor of the result's shape, or null.</param>
/// <param name="Activation">Applied last.</param>
internal readonly record struct ConvolutionEpilogue(Tensor? Scale, Tensor? Shift, Tensor? Residual = null, Activation Activation = Activation.None);
