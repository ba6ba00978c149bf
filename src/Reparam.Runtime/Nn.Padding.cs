namespace Reparam.Runtime;

/// <content>Padding.</content>
public static partial class Nn
{
    /// <summary>A value around the last dimension, as much on each side.</summary>
    [Counterpart("ConstantPad1d")]
    public static ConstantPad1d ConstantPad1d(long padding, double value) => new([padding, padding], value);

    /// <summary>A value around the last dimension.</summary>
    [Counterpart("ConstantPad1d")]
    public static ConstantPad1d ConstantPad1d((long, long) padding, double value) =>
        new([padding.Item1, padding.Item2], value);

    /// <summary>A value around the last two dimensions, as much on each side.</summary>
    [Counterpart("ConstantPad2d")]
    public static ConstantPad2d ConstantPad2d(long padding, double value) => new([padding, padding, padding, padding], value);

    /// <summary>A value around the last two dimensions.</summary>
    [Counterpart("ConstantPad2d")]
    public static ConstantPad2d ConstantPad2d((long, long, long, long) padding, double value) =>
        new([padding.Item1, padding.Item2, padding.Item3, padding.Item4], value);

    /// <summary>A value around the last three dimensions, as much on each side.</summary>
    [Counterpart("ConstantPad3d")]
    public static ConstantPad3d ConstantPad3d(long padding, double value) => new([padding, padding, padding, padding, padding, padding], value);

    /// <summary>A value around the last three dimensions.</summary>
    [Counterpart("ConstantPad3d")]
    public static ConstantPad3d ConstantPad3d((long, long, long, long, long, long) padding, double value) =>
        new([padding.Item1, padding.Item2, padding.Item3, padding.Item4, padding.Item5, padding.Item6], value);

    /// <summary>The input mirrored at its border around the last dimension, as much on each side.</summary>
    [Counterpart("ReflectionPad1d")]
    public static ReflectionPad1d ReflectionPad1d(long padding) => new([padding, padding]);

    /// <summary>The input mirrored at its border around the last dimension.</summary>
    [Counterpart("ReflectionPad1d")]
    public static ReflectionPad1d ReflectionPad1d((long, long) padding) =>
        new([padding.Item1, padding.Item2]);

    /// <summary>The input mirrored at its border around the last two dimensions, as much on each side.</summary>
    [Counterpart("ReflectionPad2d")]
    public static ReflectionPad2d ReflectionPad2d(long padding) => new([padding, padding, padding, padding]);

    /// <summary>The input mirrored at its border around the last two dimensions.</summary>
    [Counterpart("ReflectionPad2d")]
    public static ReflectionPad2d ReflectionPad2d((long, long, long, long) padding) =>
        new([padding.Item1, padding.Item2, padding.Item3, padding.Item4]);

    /// <summary>The input mirrored at its border around the last three dimensions, as much on each side.</summary>
    [Counterpart("ReflectionPad3d")]
    public static ReflectionPad3d ReflectionPad3d(long padding) => new([padding, padding, padding, padding, padding, padding]);

    /// <summary>The input mirrored at its border around the last three dimensions.</summary>
    [Counterpart("ReflectionPad3d")]
    public static ReflectionPad3d ReflectionPad3d((long, long, long, long, long, long) padding) =>
        new([padding.Item1, padding.Item2, padding.Item3, padding.Item4, padding.Item5, padding.Item6]);

    /// <summary>The border, repeated, around the last dimension, as much on each side.</summary>
    [Counterpart("ReplicationPad1d")]
    public static ReplicationPad1d ReplicationPad1d(long padding) => new([padding, padding]);

    /// <summary>The border, repeated, around the last dimension.</summary>
    [Counterpart("ReplicationPad1d")]
    public static ReplicationPad1d ReplicationPad1d((long, long) padding) =>
        new([padding.Item1, padding.Item2]);

    /// <summary>The border, repeated, around the last two dimensions, as much on each side.</summary>
    [Counterpart("ReplicationPad2d")]
    public static ReplicationPad2d ReplicationPad2d(long padding) => new([padding, padding, padding, padding]);

    /// <summary>The border, repeated, around the last two dimensions.</summary>
    [Counterpart("ReplicationPad2d")]
    public static ReplicationPad2d ReplicationPad2d((long, long, long, long) padding) =>
        new([padding.Item1, padding.Item2, padding.Item3, padding.Item4]);

    /// <summary>The border, repeated, around the last three dimensions, as much on each side.</summary>
    [Counterpart("ReplicationPad3d")]
    public static ReplicationPad3d ReplicationPad3d(long padding) => new([padding, padding, padding, padding, padding, padding]);

    /// <summary>The border, repeated, around the last three dimensions.</summary>
    [Counterpart("ReplicationPad3d")]
    public static ReplicationPad3d ReplicationPad3d((long, long, long, long, long, long) padding) =>
        new([padding.Item1, padding.Item2, padding.Item3, padding.Item4, padding.Item5, padding.Item6]);

    /// <summary>Zeros around the last two dimensions, as much on each side.</summary>
    [Counterpart("ZeroPad2d")]
    public static ZeroPad2d ZeroPad2d(long padding) => new([padding, padding, padding, padding]);

    /// <summary>Zeros around the last two dimensions.</summary>
    [Counterpart("ZeroPad2d")]
    public static ZeroPad2d ZeroPad2d((long, long, long, long) padding) =>
        new([padding.Item1, padding.Item2, padding.Item3, padding.Item4]);
}
