namespace Reparam.Runtime;

/// <content>Normalization.</content>
public static partial class Nn
{
    /// <summary>An empty batch normalization. (The momentum counts in training only.)</summary>
    [Counterpart("BatchNorm1d")]
    public static BatchNorm1d BatchNorm1d(
        long num_features, double eps = 1e-5, double momentum = 0.1, bool affine = true, bool track_running_stats = true, Device? device = null,
        DType? dtype = null) => new(num_features, eps, affine, track_running_stats);

    /// <summary>An empty batch normalization. (The momentum counts in training only.)</summary>
    [Counterpart("BatchNorm2d")]
    public static BatchNorm2d BatchNorm2d(
        long num_features, double eps = 1e-5, double momentum = 0.1, bool affine = true, bool track_running_stats = true, Device? device = null,
        DType? dtype = null) => new(num_features, eps, affine, track_running_stats);

    /// <summary>An empty batch normalization. (The momentum counts in training only.)</summary>
    [Counterpart("BatchNorm3d")]
    public static BatchNorm3d BatchNorm3d(
        long num_features, double eps = 1e-5, double momentum = 0.1, bool affine = true, bool track_running_stats = true, Device? device = null,
        DType? dtype = null) => new(num_features, eps, affine, track_running_stats);

    /// <summary>An empty instance normalization. (The momentum counts in training only.)</summary>
    [Counterpart("InstanceNorm1d")]
    public static InstanceNorm1d InstanceNorm1d(
        long num_features, double eps = 1e-5, double momentum = 0.1, bool affine = false, bool track_running_stats = false, Device? device = null,
        DType? dtype = null) => new(num_features, eps, affine, track_running_stats);

    /// <summary>An empty instance normalization. (The momentum counts in training only.)</summary>
    [Counterpart("InstanceNorm2d")]
    public static InstanceNorm2d InstanceNorm2d(
        long num_features, double eps = 1e-5, double momentum = 0.1, bool affine = false, bool track_running_stats = false, Device? device = null,
        DType? dtype = null) => new(num_features, eps, affine, track_running_stats);

    /// <summary>An empty instance normalization. (The momentum counts in training only.)</summary>
    [Counterpart("InstanceNorm3d")]
    public static InstanceNorm3d InstanceNorm3d(
        long num_features, double eps = 1e-5, double momentum = 0.1, bool affine = false, bool track_running_stats = false, Device? device = null,
        DType? dtype = null) => new(num_features, eps, affine, track_running_stats);

    /// <summary>An empty group normalization.</summary>
    [Counterpart("GroupNorm")]
    public static GroupNorm GroupNorm(
        long num_groups, long num_channels, double eps = 1e-5, bool affine = true, Device? device = null, DType? dtype = null) =>
        new(num_groups, num_channels, eps, affine);

    /// <summary>Divides each element by a power of the mean square of the channels around its own.</summary>
    [Counterpart("LocalResponseNorm")]
    public static LocalResponseNorm LocalResponseNorm(long size, double alpha = 1e-4, double beta = 0.75, double k = 1) => new(size, alpha, beta, k);
}
